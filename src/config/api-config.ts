import { z } from 'zod';
import { commonFields, port } from './fields.js';
import { readAll, readEnvironment } from './read-environment.js';
import { temporalConfig } from './temporal-config.js';

const schema = z.object({
  ...commonFields,
  PORT: port(4000, 0),
  HOST: z.string().default('127.0.0.1'),
  TEMPORAL_TASK_QUEUE: z.string().optional(),
  /** Base address of Temporal's Web UI, for `Booking.temporalUrl`. */
  TEMPORAL_UI_URL: z.url({ error: 'must be a URL' }).optional(),
  /** Comma-separated origins whose pages may call the API, beside Apollo Sandbox outside production. */
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((origin) => origin.trim())
        .filter(Boolean),
    ),
});

export type ApiConfig = ReturnType<typeof loadApiConfig>;

/** Reads the environment, with `overrides` before it. @throws InvalidConfiguration with every wrong setting */
export function loadApiConfig(overrides: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, ...overrides };
  const [given, temporal] = readAll(
    () => readEnvironment(schema, env),
    () => temporalConfig(env),
  );
  return {
    production: given.NODE_ENV === 'production',
    logLevel: given.LOG_LEVEL,
    port: given.PORT,
    host: given.HOST,
    taskQueue: given.TEMPORAL_TASK_QUEUE,
    temporalUiUrl: given.TEMPORAL_UI_URL,
    corsOrigins: given.CORS_ORIGINS,
    temporal,
  };
}
