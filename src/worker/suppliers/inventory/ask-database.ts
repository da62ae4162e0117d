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
      // The call may have been abandoned while the connection was being made.
      if (!signal.aborted) await ask(connection);
    } catch (error) {
      throw connection.lost ? lost(error) : unavailableOr(error);
    } finally {
      connection.release();
    }
  };
  await unlessGivenUp(signal, asking);
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
