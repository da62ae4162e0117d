import { loadClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import { TASK_QUEUE } from '../model/names.js';
import { DATABASE_SETTINGS } from './database-config.js';
import { PAYLOAD_KEYS } from './payload-keys.js';
import { InvalidConfiguration, logLevel, setting } from './settings.js';

export interface TemporalConfig {
  readonly connection: ReturnType<typeof loadClientConnectConfig>['connectionOptions'] & { address: string };
  readonly namespace: string;
}

/**
 * Temporal's own environment configuration: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`,
 * `TEMPORAL_TLS…`, `TEMPORAL_PROFILE` and its configuration file, as documented for all its SDKs and its CLI.
 */
export function temporalConfig(env: NodeJS.ProcessEnv): TemporalConfig {
  const given = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: given });
    return {
      connection: { ...connectionOptions, address: connectionOptions.address ?? 'localhost:7233' },
      namespace: namespace ?? 'default',
    };
  } catch (error) {
    throw new InvalidConfiguration([`TEMPORAL_…: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

/** For `npm run search-attributes`. @throws InvalidConfiguration */
export function loadTemporalConfig(): TemporalConfig {
  return temporalConfig(process.env);
}

/** Base address of Temporal's Web UI. */
export const TEMPORAL_UI_URL = setting('TEMPORAL_UI_URL', z.url({ error: 'must be a URL' }).optional());

/** Settings of both the API and the worker. */
export const SHARED_SETTINGS = {
  logLevel: setting('LOG_LEVEL', logLevel, 'info'),
  taskQueue: setting('TEMPORAL_TASK_QUEUE', z.string(), TASK_QUEUE),
  payloadKeys: PAYLOAD_KEYS,
  database: DATABASE_SETTINGS,
};
