import { z } from 'zod';
import { authConfig } from './auth-config.js';
import { PROXY_SETTINGS } from './proxy-settings.js';
import { commaSeparated, onOrOff, port, readAll, readSettings, setting, wholeNumber } from './settings.js';
import { suppliersOfOrders } from './supplier-config.js';
import { SHARED_SETTINGS, TEMPORAL_UI_URL, temporalConfig } from './shared-config.js';

const isProduction = z
  .string()
  .optional()
  .transform((name) => name === 'production');

const idStyle = z.enum(['readable', 'opaque'], { error: 'must be readable or opaque' });

const DEFAULT_HOST = '127.0.0.1';

export const API_SETTINGS = {
  ...SHARED_SETTINGS,
  ...PROXY_SETTINGS,
  port: setting('PORT', port(0), '4000'),
  host: setting('HOST', z.string(), DEFAULT_HOST),
  /** `production` turns introspection and the landing page off. */
  production: setting('NODE_ENV', isProduction),
  /** Whether GraphiQL is served; by default only outside production. */
  graphiql: setting('GRAPHIQL', onOrOff.optional()),
  /** Whether sandbox ids (the tutorial's, and those with faults) go to the sandbox; by default only outside production. */
  sandboxIds: setting('SANDBOX_IDS', onOrOff.optional()),
  /** Origins whose pages may call the API, besides Apollo Sandbox outside production. */
  corsOrigins: setting('CORS_ORIGINS', commaSeparated, ''),
  /** For `Booking.temporalUrl`. */
  temporalUiUrl: TEMPORAL_UI_URL,
  /** `opaque` keeps the traveller's name out of booking ids; by default in production. */
  idStyle: setting('BOOKING_ID_STYLE', idStyle.optional()),
  /** The most that one request may cost, in values of a reply (api/limits/cost.ts). */
  maxCost: setting('MAX_COST', wholeNumber(1, 1_000_000_000), '36000'),
  /** The cost that each caller can use up in a minute; 0 for no limit. */
  rateLimit: setting('RATE_LIMIT_COST_PER_MINUTE', wholeNumber(0, 1_000_000_000), '1000000'),
  /** How many of these one caller may have at the same time. */
  perCaller: {
    waits: setting('WAITS_PER_CALLER', wholeNumber(0, 1_000_000), '100'),
    subscriptions: setting('SUBSCRIPTIONS_PER_CALLER', wholeNumber(0, 1_000_000), '500'),
    /** Those without a token are counted by the client's address. */
    sockets: setting('SOCKETS_PER_CALLER', wholeNumber(0, 1_000_000), '50'),
  },
  /** How long a quote can be booked. At most a day. */
  quoteSeconds: setting('QUOTE_SECONDS', wholeNumber(1, 86_400), '900'),
  policy: {
    /** A trip that isn't booked within this time is rolled back. At most a day. */
    deadlineSeconds: setting('BOOKING_DEADLINE_SECONDS', wholeNumber(1, 86_400), '900'),
    /** Attempts to undo a leg, up to half a minute apart, before an operator has to decide. */
    undoAttempts: setting('UNDO_ATTEMPTS', wholeNumber(1, 1000), '50'),
  },
};

export type ApiConfig = ReturnType<typeof loadApiConfig>;

/** Reads the environment; `overrides` take precedence. @throws InvalidConfiguration listing every invalid setting */
export function loadApiConfig(overrides: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, ...overrides };
  const [given, auth, suppliers, temporal] = readAll(
    () => readSettings(API_SETTINGS, env),
    () => authConfig(env, env['HOST'] || DEFAULT_HOST),
    () => suppliersOfOrders(env),
    () => temporalConfig(env),
  );
  return {
    ...given,
    graphiql: given.graphiql ?? !given.production,
    sandboxIds: given.sandboxIds ?? !given.production,
    idStyle: given.idStyle ?? (given.production ? 'opaque' : 'readable'),
    auth,
    suppliers,
    temporal,
  };
}
