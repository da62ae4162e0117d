/*
 * Their names are the types of failures that the saga tells apart: `SUPPLIER_FAILURES` of the model.
 */

/** The supplier said no. Certain and final: never retried. */
export class SupplierRefused extends Error {
  override readonly name: string = 'SupplierRefused';
}

/** Nothing is left of the offer. */
export class OfferSoldOut extends SupplierRefused {
  override readonly name = 'OfferSoldOut';
}

/** The supplier has no such offer, or none for such a leg. */
export class OfferUnknown extends SupplierRefused {
  override readonly name = 'OfferUnknown';
}

export interface UnavailableOptions extends ErrorOptions {
  /** The supplier's own word on when to ask again, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined;
}

/** The supplier can't be asked now. Certain that nothing happened: retried. */
export class SupplierUnavailable extends Error {
  override readonly name = 'SupplierUnavailable';
  readonly retryAfterMs: number | undefined;
  constructor(message: string, { retryAfterMs, ...options }: UnavailableOptions = {}) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The order names a supplier that this worker knows nothing of. Nothing was asked; waiting won't help, an operator will. */
export class SupplierNotConfigured extends Error {
  override readonly name = 'SupplierNotConfigured';
  constructor(supplier: string) {
    const setting = `PARTNER_${supplier.toUpperCase().replaceAll('-', '_')}`;
    super(
      `The supplier ${supplier} is not configured on this worker: set ${setting}_URL (and ${setting}_TOKEN), restart the worker, then retry.`,
    );
  }
}

/** Nobody knows whether it happened (timeout, lost reply): retried under the same key, undone if the trip fails. */
export class SupplierOutcomeUnknown extends Error {
  override readonly name = 'SupplierOutcomeUnknown';
}
