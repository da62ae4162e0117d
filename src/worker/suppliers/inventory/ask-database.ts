import { DatabaseError, type Pool, type PoolClient, type QueryResult, type QueryResultRow } from 'pg';
import { SupplierOutcomeUnknown, SupplierRefused, SupplierUnavailable } from '../supplier.port.js';

export type ConnectionPool = Pick<Pool, 'connect'>;

/** Sends one statement, which is a transaction of its own. */
export type Send = <Row extends QueryResultRow>(
  sql: string,
  values: readonly unknown[],
) => Promise<QueryResult<Row>>;

/**
 * Asks our stock's database, on one connection. Returns at once when the signal says that nobody waits any more; a
 * statement that was sent by then runs to its end.
 * @throws SupplierUnavailable where it is certain that no statement did anything
 * @throws SupplierOutcomeUnknown where the connection broke, or the call was given up, after one may have been sent
 */
export async function askDatabase(
  pool: ConnectionPool,
  signal: AbortSignal,
  ask: (send: Send) => Promise<unknown>,
): Promise<void> {
  const asking = async () => {
    const client = await connect(pool);
    // Nobody asked for this connection any longer while it was being made.
    if (signal.aborted) return client.release();
    await useOnce(client, ask);
  };
  await unlessGivenUp(signal, asking);
}

async function connect(pool: ConnectionPool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new SupplierUnavailable("Our stock's database can not be reached just now.", { cause: error });
  }
}

async function useOnce(client: PoolClient, ask: (send: Send) => Promise<unknown>): Promise<void> {
  // The statement fails as well when its connection breaks. But an error event that nobody hears ends the process.
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
    // A broken one is thrown away: the answer to an old statement may yet come over it.
    client.release(broken);
  }
}

/** SQLSTATE, where it was the server that reported the error. */
function stateOf(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

/**
 * The server itself says that the statement failed, and with that undid it. Not so where it ends the session (57P…,
 * 08…): that may happen after the commit too.
 */
function isRolledBack(error: unknown): boolean {
  const state = stateOf(error);
  return state !== undefined && !/^(57P|08)/.test(state);
}

/** Timeout, deadlock, no room, a server that only reads just now: all that passes. The rest is a bug, and stays one. */
function unavailableOr(error: unknown): unknown {
  return /^(57014|40|53|55P03|25006)/.test(stateOf(error) ?? '')
    ? new SupplierUnavailable("Our stock's database can not do this just now.", { cause: error })
    : error;
}

function lost(cause: unknown): SupplierOutcomeUnknown {
  return new SupplierOutcomeUnknown("The connection to our stock's database was lost before it answered.", {
    cause,
  });
}

async function unlessGivenUp(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const givenUp = () => new SupplierOutcomeUnknown('The call was given up before the supplier answered.');
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
