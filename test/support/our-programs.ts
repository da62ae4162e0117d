import { inject } from 'vitest';
import { npmRun, type Program } from './processes.js';

export interface Api extends Program {
  /** Its GraphQL endpoint. */
  readonly url: string;
}

/** Starts `npm run api` on a free port, by default with the test run's servers. Resolves when it serves. */
export async function startApi(settings: NodeJS.ProcessEnv): Promise<Api> {
  const servers = { TEMPORAL_ADDRESS: inject('temporalAddress'), DATABASE_URL: inject('databaseUrl') };
  const api = npmRun('api', { ...servers, PORT: '0', ...settings });
  const [, url = ''] = await api.says(/API ready at (http:[^"]+)/);
  return { ...api, url };
}

/** Starts `npm run worker`, by default with a sandbox without delays. Doesn't wait until it polls. */
export function launchWorker(settings: NodeJS.ProcessEnv): Program {
  const servers = { TEMPORAL_ADDRESS: inject('temporalAddress'), DATABASE_URL: inject('databaseUrl') };
  const usual = { ...servers, SANDBOX_DELAY_MS: '0' };
  return npmRun('worker', { ...usual, ...settings });
}

/** Starts a worker like {@link launchWorker}. Resolves when it polls. */
export async function startWorker(settings: NodeJS.ProcessEnv): Promise<Program> {
  const worker = launchWorker(settings);
  await worker.says(/Worker started/);
  return worker;
}
