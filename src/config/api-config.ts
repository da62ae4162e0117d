import { z } from 'zod';
import { PROXY_SETTINGS } from './proxy-settings.js';
import { commaSeparated, onOrOff, port, readAll, readSettings, setting, wholeNumber } from './settings.js';
import { suppliersOfOrders } from './supplier-config.js';
import { SHARED_SETTINGS, TEMPORAL_UI_URL, temporalConfig } from './shared-config.js';

const isProduction = z
  .string()
  .optional()
  .transform((name) => name === 'production');

const idStyle = z.enum(['readable', 'opaque'], { error: 'must be readable or opaque' });

export const API_SETTINGS = {
  ...SHARED_SETTINGS,
  ...PROXY_SETTINGS,
  port: setting('PORT', port(0), '4000'),
  host: setting('HOST', z.string(), '127.0.0.1'),
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
  /** `opaque` keeps the traveller's name out of workflow ids. */
  idStyle: setting('BOOKING_ID_STYLE', idStyle, 'readable'),
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
  const [given, suppliers, temporal] = readAll(
    () => readSettings(API_SETTINGS, env),
    () => suppliersOfOrders(env),
    () => temporalConfig(env),
  );
  return {
    ...given,
    graphiql: given.graphiql ?? !given.production,
    sandboxIds: given.sandboxIds ?? !given.production,
    suppliers,
    temporal,
  };
}
