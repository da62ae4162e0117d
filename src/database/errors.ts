import { DatabaseError } from 'pg';
import { DatabaseBusy, DatabaseUnavailable } from '../model/service-unavailable.js';

/**
 * Errors that PostgreSQL, node-postgres and Node report when the database is busy or unreachable, as opposed to a wrong
 * statement: SQLSTATEs (two characters for a whole class; see the appendix "PostgreSQL Error Codes" of the manual),
 * Node's error codes, and the driver's messages, which have no code.
 */
const TRANSIENT: readonly RegExp[] = [
  /^08/, //        connection exceptions
  /^25006$/, //    read-only: a replica, or a server during failover
  /^40/, //        rolled back: deadlock, serialization failure
  /^53/, //        out of resources: connections, memory, disk
  /^55P03$/, //    lock timeout
  /^57/, //        operator intervention: shutdown, crash, statement timeout
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOENT)$/,
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable/,
];

/** Whether an error means that the database is unavailable, and the statement may succeed later. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof DatabaseUnavailable) return true;
  const code = 'code' in error ? String(error.code) : error.message;
  if (TRANSIENT.some((pattern) => pattern.test(code))) return true;
  // drizzle wraps the driver's error; a host with several addresses gives an AggregateError.
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  return isDatabaseAway(error.cause);
}

function isBusy(error: unknown): boolean {
  return error instanceof DatabaseBusy || (error instanceof Error && isBusy(error.cause));
}

/** Uses the database. @throws DatabaseUnavailable if that failed because it is unreachable, DatabaseBusy if no connection was free */
export async function orUnavailable<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (isBusy(error)) throw new DatabaseBusy({ cause: error });
    if (isDatabaseAway(error)) throw new DatabaseUnavailable({ cause: error });
    throw error;
  }
}

/**
 * Whether the server itself reported that the statement failed, and so rolled it back. That is not certain if it ended
 * the session (57P…, 08…), which may happen after the commit.
 */
export function isRolledBack(error: unknown): boolean {
  return error instanceof DatabaseError && !/^(57P|08)/.test(error.code ?? '');
}

/** Whether a statement failed because of this constraint. */
export function violates(error: unknown, constraint: string): boolean {
  return error instanceof DatabaseError && error.constraint === constraint;
}

/** Why there is no connection, in one line for an operator, with the server's own message. */
export class CannotConnect extends Error {
  override readonly name = 'CannotConnect';
  /** @param hasDirectUrl whether DATABASE_DIRECT_URL is set */
  constructor(cause: unknown, hasDirectUrl: boolean) {
    const reason = reasonOf(cause);
    super(`No connection to the database: ${reason}${adviceOn(reason, hasDirectUrl)}${tlsAdviceOn(cause)}`, {
      cause,
    });
  }
}

function reasonOf(error: unknown): string {
  // If the host has several addresses, there is one error for each.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  const message = error instanceof Error ? error.message : String(error);
  // OpenSSL adds where in its own source the error occurred.
  return /^[\dA-F]+:error:(?:[^:]*:){3}([^:]+):/.exec(message)?.[1] ?? message;
}

/** Node's codes of a server certificate that can't be verified. */
const UNVERIFIED = /^(SELF_SIGNED_CERT|DEPTH_ZERO|UNABLE_TO_(GET|VERIFY)|CERT_|ERR_TLS_CERT)/;

/** Node's codes of a TLS alert, with which the server ends the handshake. */
const REFUSED_BY_SERVER = /^ERR_SSL_.*ALERT/;

function tlsAdviceOn(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (UNVERIFIED.test(code)) {
    return ". The server's certificate was not accepted: sslrootcert in DATABASE_URL must be the authority that issued it, and the host its name.";
  }
  return REFUSED_BY_SERVER.test(code)
    ? '. The server ended the TLS handshake: check sslcert and sslkey in DATABASE_URL.'
    : '';
}

/** Explains pgbouncer's error about an unsupported parameter, which is no help to users who never set one. */
function adviceOn(reason: string, hasDirectUrl: boolean): string {
  if (!reason.includes('unsupported startup parameter')) return '';
  return hasDirectUrl
    ? '. The pooler does not support this parameter: remove it from DATABASE_URL and PGOPTIONS.'
    : ". DATABASE_URL points to a pooler: set DATABASE_DIRECT_URL to PostgreSQL's own address.";
}
