import { loadClientConnectConfig } from '@temporalio/envconfig';
import { InvalidConfiguration } from './read-environment.js';

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
