import { type ClientConfigProfile, loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import { z } from 'zod';
import { TASK_QUEUE } from '../model/names.js';
import { DATABASE_SETTINGS } from './database-config.js';
import { PAYLOAD_KEYS } from './payload-keys.js';
import { InvalidConfiguration, isReadable, logLevel, setting } from './settings.js';

export interface TemporalConfig {
  readonly connection: ReturnType<typeof toClientOptions>['connectionOptions'] & { address: string };
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
  const problems = TLS_FILES.filter((name) => given[name] !== undefined && !isReadable(given[name])).map(
    (name) => `${name}: must be a file that can be read`,
  );
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  try {
    const profile = loadClientConfigProfile({ overrideEnvVars: given });
    assertSafe(profile);
    const { connectionOptions, namespace } = toClientOptions(profile);
    return {
      connection: { ...connectionOptions, address: connectionOptions.address ?? 'localhost:7233' },
      namespace: namespace ?? 'default',
    };
  } catch (error) {
    if (error instanceof InvalidConfiguration) throw error;
    throw new InvalidConfiguration([`TEMPORAL_…: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

/** The SDK reports a missing file without the setting's name. */
const TLS_FILES = ['SERVER_CA_CERT', 'CLIENT_CERT', 'CLIENT_KEY'].map((name) => `TEMPORAL_TLS_${name}_PATH`);

/** Refuses what the SDK would ignore: a certificate without its key, or an API key without TLS. @throws InvalidConfiguration */
function assertSafe({ apiKey, tls }: ClientConfigProfile): void {
  const problems: string[] = [];
  if (tls && !tls.disabled && Boolean(tls.clientCert) !== Boolean(tls.clientKey)) {
    const missing = tls.clientCert ? 'CLIENT_KEY' : 'CLIENT_CERT';
    problems.push(
      `TEMPORAL_TLS_${missing}_PATH: is missing: a client certificate and its key belong together`,
    );
  }
  if (apiKey && tls?.disabled) {
    problems.push('TEMPORAL_TLS: must not be off, because TEMPORAL_API_KEY would be sent unencrypted');
  }
  if (problems.length > 0) throw new InvalidConfiguration(problems);
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
