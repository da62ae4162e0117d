import type { FailureCode } from '../../model/failures.js';
import type { Holding } from '../../model/holding.js';
import type { LegKind } from '../../model/legs.js';
import type { Money } from '../../model/money.js';

/** The content of every call to a supplier. */
export interface SupplierRequest {
  /** Our key for the reservation; the supplier holds at most one under it. */
  readonly reservationKey: string;
  readonly legId: string;
  readonly kind: LegKind;
  readonly offerId: string;
  /** How many units of the offer; they are reserved together or not at all. */
  readonly quantity: number;
  /** The price of one unit that was quoted, if one was. Whatever costs something else is not reserved. */
  readonly price?: Money;
  /** The same for every attempt of one step; different for reserve and release. */
  readonly idempotencyKey: string;
}

export interface CallContext {
  /** The step's attempt, counted from 1. */
  readonly attempt: number;
  /** Aborted when the answer is no longer needed: the step is cancelled or timed out, or the worker shuts down. */
  readonly signal: AbortSignal;
}

/**
 * A supplier of one or more kinds of legs. Both calls are idempotent by reservation key (law 5): reserving twice makes one
 * reservation; releasing a key that isn't held leaves a tombstone that refuses a late reserve; releasing twice is fine.
 * They throw `SupplierRefused`, `SupplierUnavailable` or `SupplierOutcomeUnknown`.
 */
export interface Supplier {
  /** A repeated call returns the same holding as the first. */
  reserve(request: SupplierRequest, context: CallContext): Promise<Holding>;
  release(request: SupplierRequest, context: CallContext): Promise<void>;
}

/** Finds the supplier that an order names. @throws SupplierNotConfigured */
export type FindSupplier = (name: string) => Supplier;

export interface SupplierFailureOptions extends ErrorOptions {
  /** When to retry, in milliseconds from now; by default the saga's own backoff applies. */
  readonly retryAfterMs?: number | undefined;
}

/** The failure of a call to a supplier. Travellers and operators read the message. */
export abstract class SupplierFailure extends Error {
  /** The type of the activity's failure, and the trip's failure code if it ends the trip. */
  abstract readonly code: FailureCode;
  /** Whether a retry would change nothing. */
  readonly isFinal: boolean = false;
  retryAfterMs: number | undefined;
  constructor(message: string, { retryAfterMs, ...options }: SupplierFailureOptions = {}) {
    super(message, options);
    this.name = new.target.name;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The supplier refused the call. It is certain that nothing was done. */
export class SupplierRefused extends SupplierFailure {
  readonly code: FailureCode = 'SUPPLIER_REFUSED';
  override readonly isFinal = true;
}

/** The offer is sold out. */
export class OfferSoldOut extends SupplierRefused {
  override readonly code = 'OFFER_SOLD_OUT';
}

/** The offer has begun, in its own time zone. */
export class OfferPast extends SupplierRefused {
  override readonly code = 'OFFER_PAST';
}

/** The offer doesn't cost what was quoted. */
export class PriceChanged extends SupplierRefused {
  override readonly code = 'PRICE_CHANGED';
}

/** The supplier has no such offer for this kind of leg. */
export class OfferUnknown extends SupplierRefused {
  override readonly code = 'OFFER_UNKNOWN';
}

/** The supplier is unavailable. It is certain that nothing was done. */
export class SupplierUnavailable extends SupplierFailure {
  readonly code = 'SUPPLIER_UNAVAILABLE';
}

/** The order names a supplier that isn't configured on this worker. Nothing was done; retrying doesn't help. */
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

/** It is unknown whether the call took effect (timeout, lost reply). Retried with the same key; undone if the trip fails. */
export class SupplierOutcomeUnknown extends SupplierFailure {
  readonly code = 'SUPPLIER_OUTCOME_UNKNOWN';
}
