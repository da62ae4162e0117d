import { createSandboxBook, type SandboxBook } from '../../src/suppliers/sandbox/sandbox-book.js';
import { createSandboxSupplier } from '../../src/suppliers/sandbox/sandbox-supplier.js';
import type { CallContext, Supplier, SupplierRequest, Suppliers } from '../../src/suppliers/supplier.port.js';
import type { LegKind } from '../../src/contract/trip.js';

export interface SupplierCall extends SupplierRequest {
  readonly action: 'reserve' | 'release';
  readonly attempt: number;
}

/** May hold a call up, or make it fail, before the supplier hears of it. */
export type BeforeCall = (call: SupplierCall, context: CallContext) => Promise<void> | void;

export interface RecordingSuppliers {
  readonly suppliers: Suppliers;
  readonly book: SandboxBook;
  readonly calls: SupplierCall[];
  /** `reserve CAR`, `release HOTEL`, …: what was called for a booking, in order, attempts folded. */
  steps(bookingId: string): string[];
  before(hook: BeforeCall): void;
}

/** The sandbox without delays, with a record of what was asked of it. */
export function createRecordingSuppliers(): RecordingSuppliers {
  const book = createSandboxBook();
  const sandbox = createSandboxSupplier({ delayMs: 0, book });
  const calls: SupplierCall[] = [];
  let before: BeforeCall = () => undefined;
  const record =
    (action: SupplierCall['action']): Supplier['reserve'] =>
    async (request, context) => {
      const call = { ...request, action, attempt: context.attempt };
      calls.push(call);
      await before(call, context);
      await sandbox[action](request, context);
    };
  const supplier: Supplier = { reserve: record('reserve'), release: record('release') };
  const legs: Record<LegKind, Supplier> = { CAR: supplier, HOTEL: supplier, FLIGHT: supplier };
  return {
    suppliers: legs,
    book,
    calls,
    steps: (bookingId) =>
      calls
        .filter((call) => call.reservationKey.startsWith(`${bookingId}/`))
        .map((call) => `${call.action} ${call.leg}`)
        .filter((step, index, all) => step !== all[index - 1]),
    before(hook) {
      before = hook;
    },
  };
}
