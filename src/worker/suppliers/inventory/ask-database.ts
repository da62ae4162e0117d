import { DatabaseError, type Pool, type PoolClient, type QueryResult, type QueryResultRow } from 'pg';
import { SupplierOutcomeUnknown, SupplierRefused, SupplierUnavailable } from '../supplier.port.js';

export type ConnectionPool = Pick<Pool, 'connect'>;

/** Sends one statement, which is its own transaction. */
export type Send = <Row extends QueryResultRow>(
  sql: string,
  values: readonly unknown[],
) => Promise<QueryResult<Row>>;

/**
 * Queries our own stock's database on one connection. Returns immediately when the signal aborts; a statement already sent
 * still runs to its end.
 * @throws SupplierUnavailable if it is certain that no statement took effect
 * @throws SupplierOutcomeUnknown if the connection broke or the call was abandoned after one may have been sent
 */
export async function askDatabase(
  pool: ConnectionPool,
  signal: AbortSignal,
  ask: (send: Send) => Promise<unknown>,
): Promise<void> {
  const asking = async () => {
    const client = await connect(pool);
    // The call was abandoned while the connection was being made.
    if (signal.aborted) return client.release();
    await useOnce(client, ask);
  };
  await unlessGivenUp(signal, asking);
}

async function connect(pool: ConnectionPool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new SupplierUnavailable("Our own stock's database is unavailable.", { cause: error });
  }
}

async function useOnce(client: PoolClient, ask: (send: Send) => Promise<unknown>): Promise<void> {
  // When the connection breaks, the statement fails too. But an error event without a listener ends the process.
  const ignore = () => undefined;
  client.on('error', ignore);
  let broken = true;
  try {
    await ask((sql, values) => client.query(sql, [...values]));
    broken = false;
  } catch (error) {
    broken = !(error instanceof SupplierRefused) && !isRolledBack(error);
    throw broken ? lost(error) : unavailableOr(error);
  } finally {
    client.off('error', ignore);
    // A broken connection is discarded: the answer to an old statement may still arrive on it.
    client.release(broken);
  }
}

/** The SQLSTATE, if the server reported the error. */
function stateOf(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

/**
 * Whether the server reported that the statement failed, and so rolled it back. Errors that end the session (57P…, 08…) don't
 * count, because they may occur after the commit.
 */
function isRolledBack(error: unknown): boolean {
  const state = stateOf(error);
  return state !== undefined && !/^(57P|08)/.test(state);
}

/** Timeout, deadlock, no space, a read-only server: these are transient. Anything else is a bug and stays one. */
function unavailableOr(error: unknown): unknown {
  return /^(57014|40|53|55P03|25006)/.test(stateOf(error) ?? '')
    ? new SupplierUnavailable("Our own stock's database is unavailable.", { cause: error })
    : error;
}

function lost(cause: unknown): SupplierOutcomeUnknown {
  return new SupplierOutcomeUnknown("The connection to our own stock's database was lost mid-call.", {
    cause,
  });
}

async function unlessGivenUp(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const givenUp = () => new SupplierOutcomeUnknown('The call was abandoned before the supplier answered.');
  if (signal.aborted) throw givenUp();
  let giveUp = () => {};
  const aborted = new Promise<never>((_, reject) => (giveUp = () => reject(givenUp())));
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
