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
