import { ServiceUnavailable } from '../model/service-unavailable.js';

export class DatabaseUnavailable extends ServiceUnavailable {
  override readonly name = 'DatabaseUnavailable';
  readonly code = 'DATABASE_UNAVAILABLE';
  constructor(options?: ErrorOptions) {
    super('The database can not be reached just now. Nothing is lost: try again shortly.', options);
  }
}

/** What Node and node-postgres say of a connection that can't be made, or broke. */
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  'ENOENT',
]);
const MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable/;
/** Classes of SQLSTATE: connection exceptions, insufficient resources, operator intervention (shutdown, crash, statement timeout). */
const SQLSTATE = /^(08|53|57)/;

/** Tells whether an error means that the database is away, and not that a statement was wrong. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (NETWORK.has(code) || SQLSTATE.test(code) || MESSAGES.test(error.message)) return true;
  // drizzle wraps what the driver threw; several addresses tried make an AggregateError.
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  return isDatabaseAway(error.cause);
}

/** Runs a use of the database, and says in our own terms that it is away. @throws DatabaseUnavailable */
export async function orUnavailable<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (isDatabaseAway(error)) throw new DatabaseUnavailable({ cause: error });
    throw error;
  }
}
