import { inject } from 'vitest';
import { npmRun, type Program } from './processes.js';

export interface Api extends Program {
  /** Where it serves GraphQL. */
  readonly url: string;
}

/** `npm run api` on a free port, for the run's Temporal server unless the settings name another; serving. */
export async function startApi(settings: NodeJS.ProcessEnv): Promise<Api> {
  const servers = { TEMPORAL_ADDRESS: inject('temporalAddress'), DATABASE_URL: inject('databaseUrl') };
  const api = npmRun('api', { ...servers, PORT: '0', ...settings });
  const [, url = ''] = await api.says(/API ready at (http:[^"]+)/);
  return { ...api, url };
}

/** `npm run worker`, with a sandbox that takes no time unless the settings say otherwise; not yet polling. */
export function launchWorker(settings: NodeJS.ProcessEnv): Program {
  const servers = { TEMPORAL_ADDRESS: inject('temporalAddress'), DATABASE_URL: inject('databaseUrl') };
  const usual = { ...servers, SANDBOX_DELAY_MS: '0' };
  return npmRun('worker', { ...usual, ...settings });
}

/** `npm run worker` as {@link launchWorker} starts it; polling. */
export async function startWorker(settings: NodeJS.ProcessEnv): Promise<Program> {
  const worker = launchWorker(settings);
  await worker.says(/Worker started/);
  return worker;
}
