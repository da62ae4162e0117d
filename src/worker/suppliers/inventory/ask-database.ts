import { DatabaseError } from 'pg';
import type { ConnectionPool, Queries } from '../../../database/connection-pool.js';
import { DatabaseUnavailable } from '../../../model/service-unavailable.js';
import { SupplierOutcomeUnknown, SupplierUnavailable } from '../supplier.port.js';

/**
 * Queries our own stock's database on one connection. Returns immediately when the signal aborts; a statement already sent
 * still runs to its end.
 * @throws SupplierUnavailable if it is certain that no statement took effect
 * @throws SupplierOutcomeUnknown if the connection broke or the call was abandoned after one may have been sent
 */
export async function askDatabase<T>(
  pool: Pick<ConnectionPool, 'connect'>,
  signal: AbortSignal,
  ask: (stock: Queries) => Promise<T>,
): Promise<T> {
  const asking = async () => {
    const connection = await pool.connect().catch((error: unknown) => {
      throw unavailableOr(error);
    });
    try {
      // The call may have been abandoned while the connection was being made.
      if (signal.aborted) throw givenUp();
      return await ask(connection);
    } catch (error) {
      throw connection.lost ? lost(error) : unavailableOr(error);
    } finally {
      connection.release();
    }
  };
  return unlessGivenUp(signal, asking);
}

/** No connection, timeout, deadlock, no space, a read-only server: these are transient. Anything else is a bug and stays one. */
function unavailableOr(error: unknown): unknown {
  const isTransient =
    error instanceof DatabaseUnavailable ||
    (error instanceof DatabaseError && /^(57014|40|53|55P03|25006)/.test(error.code ?? ''));
  return isTransient
    ? new SupplierUnavailable("Our own stock's database is unavailable.", { cause: error })
    : error;
}

function lost(cause: unknown): SupplierOutcomeUnknown {
  return new SupplierOutcomeUnknown("The connection to our own stock's database was lost mid-call.", {
    cause,
  });
}

function givenUp(): SupplierOutcomeUnknown {
  return new SupplierOutcomeUnknown('The call was abandoned before the supplier answered.');
}

async function unlessGivenUp<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw givenUp();
  let giveUp = () => {};
  const aborted = new Promise<never>((_, reject) => (giveUp = () => reject(givenUp())));
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
