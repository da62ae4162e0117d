import type { FailureCode } from '../../model/failures.js';
import type { LegKind } from '../../model/legs.js';

/** What every call to a supplier carries. */
export interface SupplierRequest {
  /** Our name for the reservation; the supplier holds at most one under it. */
  readonly reservationKey: string;
  readonly legId: string;
  readonly kind: LegKind;
  readonly offerId: string;
  /** The same for every attempt of one step; reserve and release have different ones. */
  readonly idempotencyKey: string;
}

export interface CallContext {
  /** Which attempt of the step this is, from 1. */
  readonly attempt: number;
  /** Aborted when nobody wants the answer any more: cancelled, timed out, or the worker is going. */
  readonly signal: AbortSignal;
}

/**
 * A supplier of one or more kinds of legs. Both calls are idempotent by reservation key (law 5): reserving twice is one
 * reservation; releasing what isn't held leaves a tombstone, so that a reserve arriving late is refused; releasing
 * twice is fine. They throw `SupplierRefused`, `SupplierUnavailable` or `SupplierOutcomeUnknown`.
 */
export interface Supplier {
  reserve(request: SupplierRequest, context: CallContext): Promise<void>;
  release(request: SupplierRequest, context: CallContext): Promise<void>;
}

/** The supplier of a name that an order gives. @throws SupplierNotConfigured */
export type FindSupplier = (name: string) => Supplier;

export interface SupplierFailureOptions extends ErrorOptions {
  /** When to ask again, in milliseconds from now; the saga's own back-off where it isn't said. */
  readonly retryAfterMs?: number | undefined;
}

/** What a call to a supplier came to instead of what was asked. The message is for travellers and operators. */
export abstract class SupplierFailure extends Error {
  /** The type of the activity's failure, and what travellers read if it ends the trip. */
  abstract readonly code: FailureCode;
  /** Asking again would change nothing. */
  readonly isFinal: boolean = false;
  retryAfterMs: number | undefined;
  constructor(message: string, { retryAfterMs, ...options }: SupplierFailureOptions = {}) {
    super(message, options);
    this.name = new.target.name;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The supplier said no. Certain. */
export class SupplierRefused extends SupplierFailure {
  readonly code: FailureCode = 'SUPPLIER_REFUSED';
  override readonly isFinal = true;
}

/** Nothing is left of the offer. */
export class OfferSoldOut extends SupplierRefused {
  override readonly code = 'OFFER_SOLD_OUT';
}

/** The supplier has no such offer, or none for such a leg. */
export class OfferUnknown extends SupplierRefused {
  override readonly code = 'OFFER_UNKNOWN';
}

/** The supplier can't be asked now. Certain that nothing happened. */
export class SupplierUnavailable extends SupplierFailure {
  readonly code = 'SUPPLIER_UNAVAILABLE';
}

/** The order names a supplier that this worker knows nothing of. Nothing was asked; waiting won't help, an operator will. */
export class SupplierNotConfigured extends SupplierFailure {
  readonly code = 'SUPPLIER_UNAVAILABLE';
  override readonly isFinal = true;
  constructor(supplier: string) {
    const setting = `PARTNER_${supplier.toUpperCase().replaceAll('-', '_')}`;
    super(
      `The supplier ${supplier} is not configured on this worker: set ${setting}_URL (and ${setting}_TOKEN), restart the worker, then retry.`,
    );
  }
}

/** Nobody knows whether it happened (timeout, lost reply): asked again under the same key, undone if the trip fails. */
export class SupplierOutcomeUnknown extends SupplierFailure {
  readonly code = 'SUPPLIER_OUTCOME_UNKNOWN';
}
