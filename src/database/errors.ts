import { DatabaseError } from 'pg';
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
  if (error instanceof DatabaseUnavailable) return true;
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

/**
 * The server itself says that the statement failed, and with that undid it. Not so where it ends the session (57P…,
 * 08…): that may happen after the commit too.
 */
export function isRolledBack(error: unknown): boolean {
  return error instanceof DatabaseError && !/^(57P|08)/.test(error.code ?? '');
}

/** Why there is no connection: one line for an operator, in the server's own words. */
export class CannotConnect extends Error {
  override readonly name = 'CannotConnect';
  /** @param hasDirectUrl whether DATABASE_DIRECT_URL is set */
  constructor(cause: unknown, hasDirectUrl: boolean) {
    const words = wordsOf(cause);
    super(`No connection to the database: ${words}${adviceOn(words, hasDirectUrl)}`, { cause });
  }
}

function wordsOf(error: unknown): string {
  // Of several addresses that were tried, each has words of its own.
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

/** What pgbouncer says to a parameter that it doesn't know is no help to somebody who never set one. */
function adviceOn(words: string, hasDirectUrl: boolean): string {
  if (!words.includes('unsupported startup parameter')) return '';
  return hasDirectUrl
    ? '. A pooler takes no such parameter: leave it out of DATABASE_URL and PGOPTIONS.'
    : ". DATABASE_URL leads through a pooler: set DATABASE_DIRECT_URL to PostgreSQL's own address.";
}
