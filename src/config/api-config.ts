import { z } from 'zod';
import { databaseFields, toDatabaseConfig } from './database-config.js';
import { commonFields, port, wholeNumber } from './fields.js';
import { orderingConfig } from './supplier-config.js';
import { readAll, readEnvironment } from './read-environment.js';
import { temporalConfig } from './temporal-config.js';

const schema = z.object({
  ...commonFields,
  ...databaseFields,
  PORT: port(4000, 0),
  HOST: z.string().default('127.0.0.1'),
  TEMPORAL_TASK_QUEUE: z.string().optional(),
  /** Base address of Temporal's Web UI, for `Booking.temporalUrl`. */
  TEMPORAL_UI_URL: z.url({ error: 'must be a URL' }).optional(),
  /** `opaque` keeps the traveller's name out of workflow ids. */
  BOOKING_ID_STYLE: z
    .enum(['readable', 'opaque'], { error: 'must be readable or opaque' })
    .default('readable'),
  /** Whether GraphiQL is served; as long as it isn't said, outside production only. */
  GRAPHIQL: z.enum(['on', 'off'], { error: 'must be on or off' }).optional(),
  /** A trip that isn't booked by then is rolled back. At most a day. */
  BOOKING_DEADLINE_SECONDS: wholeNumber(1, 86_400).default(900),
  /** Attempts to undo a leg, up to half a minute apart, before it is left to an operator. */
  UNDO_ATTEMPTS: wholeNumber(1, 1000).default(30),
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
  const [given, ordering, temporal] = readAll(
    () => readEnvironment(schema, env),
    () => orderingConfig(env),
    () => temporalConfig(env),
  );
  const production = given.NODE_ENV === 'production';
  return {
    production,
    graphiql: given.GRAPHIQL ? given.GRAPHIQL === 'on' : !production,
    logLevel: given.LOG_LEVEL,
    port: given.PORT,
    host: given.HOST,
    taskQueue: given.TEMPORAL_TASK_QUEUE,
    temporalUiUrl: given.TEMPORAL_UI_URL,
    corsOrigins: given.CORS_ORIGINS,
    database: toDatabaseConfig(given),
    ...ordering,
    idStyle: given.BOOKING_ID_STYLE,
    policy: { deadlineSeconds: given.BOOKING_DEADLINE_SECONDS, undoAttempts: given.UNDO_ATTEMPTS },
    temporal,
  };
}
