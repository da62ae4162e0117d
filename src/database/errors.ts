import { DatabaseUnavailable } from '../model/service-unavailable.js';

/**
 * What PostgreSQL, node-postgres and Node say when the database is busy or away, and not when a statement was wrong. By
 * SQLSTATE (a whole class by its first two characters; see the appendix "PostgreSQL Error Codes" of its manual), by Node's
 * error codes, and by the driver's messages, which have no code.
 */
const PASSING: readonly RegExp[] = [
  /^08/, //        connection exceptions
  /^25006$/, //    read-only: a replica, or a server that is being switched over
  /^40/, //        rolled back: deadlock, serialization failure
  /^53/, //        out of room: connections, memory, disk
  /^55P03$/, //    a lock was not to be had in time
  /^57/, //        an operator's doing: shutdown, crash, statement timeout
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOENT)$/,
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable/,
];

/** Tells whether an error passes by itself. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : error.message;
  if (PASSING.some((passing) => passing.test(code))) return true;
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
