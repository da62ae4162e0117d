import {
  createSandboxBook,
  createSandboxSupplier,
  type SandboxBook,
} from '../../src/worker/suppliers/sandbox/sandbox-supplier.js';
import {
  type CallContext,
  type FindSupplier,
  type Supplier,
  SupplierNotConfigured,
  SupplierOutcomeUnknown,
  type SupplierRequest,
} from '../../src/worker/suppliers/supplier.port.js';
import { createGate } from './gate.js';

export interface SupplierCall extends SupplierRequest {
  readonly action: 'reserve' | 'release';
  readonly attempt: number;
  /** The name that was passed to `findSupplier`. */
  readonly supplier: string;
}

/** A call that a test holds up before it reaches the supplier. */
export interface HeldCall {
  /** Resolves when the call has arrived. */
  readonly arrived: Promise<void>;
  letGo(): void;
}

export interface RecordingSuppliers {
  readonly findSupplier: FindSupplier;
  readonly book: SandboxBook;
  readonly calls: SupplierCall[];
  /** The calls for a booking in order, such as `reserve car`, with consecutive attempts folded into one. */
  steps(bookingId: string): string[];
  /** Makes exactly the suppliers with these names missing from the workers' settings. */
  unconfigure(...names: string[]): void;
  /**
   * Holds up the next call of this kind for an offer. It continues when the test lets it go; unless it is `deaf`, it also
   * ends when the activity is cancelled.
   */
  holdUp(action: SupplierCall['action'], offerId: string, options?: { deaf: boolean }): HeldCall;
  /** Releases all held-up calls, and clears the recording. */
  reset(): void;
}

/** The sandbox without delays, which records the calls it gets. */
export function createRecordingSuppliers(): RecordingSuppliers {
  const book = createSandboxBook();
  const sandbox = createSandboxSupplier({ delayMs: 0, book });
  const calls: SupplierCall[] = [];
  const gates = new Map<string, (context: CallContext) => Promise<void>>();
  const held = new Set<HeldCall>();
  let missing: readonly string[] = [];
  const record =
    <A extends SupplierCall['action']>(supplier: string, action: A) =>
    async (request: SupplierRequest, context: CallContext): Promise<Awaited<ReturnType<Supplier[A]>>> => {
      const call = { ...request, action, attempt: context.attempt, supplier };
      calls.push(call);
      const gate = `${action} ${request.offerId}`;
      const pass = gates.get(gate);
      gates.delete(gate);
      await pass?.(context);
      return sandbox[action](request, context) as Promise<Awaited<ReturnType<Supplier[A]>>>;
    };
  return {
    findSupplier: (name) => {
      if (missing.includes(name)) throw new SupplierNotConfigured(name);
      return { reserve: record(name, 'reserve'), release: record(name, 'release') };
    },
    unconfigure: (...names) => void (missing = names),
    book,
    calls,
    steps: (bookingId) =>
      calls
        .filter((call) => call.reservationKey.startsWith(`${bookingId}/`))
        .map((call) => `${call.action} ${call.legId}`)
        .filter((step, index, all) => step !== all[index - 1]),
    holdUp(action, offerId, { deaf } = { deaf: false }) {
      const gate = createGate();
      held.add(gate);
      gates.set(`${action} ${offerId}`, async ({ signal }) => {
        const released = gate.pass();
        if (deaf) return released;
        const givenUp = new Promise<never>((_, reject) => {
          signal.addEventListener('abort', () => reject(new SupplierOutcomeUnknown('given up')));
        });
        await Promise.race([released, givenUp]);
      });
      return gate;
    },
    reset() {
      for (const call of held) call.letGo();
      held.clear();
      gates.clear();
      calls.length = 0;
      missing = [];
    },
  };
}
