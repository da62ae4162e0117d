import { DatabaseError } from 'pg';
import type { ConnectionPool, Queries } from '../../../database/connection-pool.js';
import { DatabaseUnavailable } from '../../../model/service-unavailable.js';
import { SupplierOutcomeUnknown, SupplierUnavailable } from '../supplier-errors.js';

/**
 * Asks our stock's database, on one connection. Returns at once when the signal says that nobody waits any more; a
 * statement that was sent by then runs to its end.
 * @throws SupplierUnavailable where it is certain that no statement did anything
 * @throws SupplierOutcomeUnknown where the connection broke, or the call was given up, after one may have been sent
 */
export async function askDatabase(
  pool: Pick<ConnectionPool, 'connect'>,
  signal: AbortSignal,
  ask: (stock: Queries) => Promise<unknown>,
): Promise<void> {
  const asking = async () => {
    const connection = await pool.connect().catch((error: unknown) => {
      throw unavailableOr(error);
    });
    try {
      // Nobody asked for this connection any longer while it was being made.
      if (!signal.aborted) await ask(connection);
    } catch (error) {
      throw connection.lost ? lost(error) : unavailableOr(error);
    } finally {
      connection.release();
    }
  };
  await unlessGivenUp(signal, asking);
}

/** No connection, timeout, deadlock, no room, a server that only reads just now: all that passes. The rest is a bug, and stays one. */
function unavailableOr(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable) {
    return new SupplierUnavailable("Our stock's database can not be reached just now.", { cause: error });
  }
  return error instanceof DatabaseError && /^(57014|40|53|55P03|25006)/.test(error.code ?? '')
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
