import type { Money } from './money.js';
import type { Offer } from './offer.js';

/** An offer of our own stock, in the quantity that some travellers need. */
export interface PackageLeg {
  readonly offer: Offer;
  /** Units of the offer. */
  readonly quantity: number;
  /** For all units. */
  readonly price: Money;
}

/** A stay: a car, a hotel and a flight for the same days in the same place, priced in the same currency. */
export interface Package {
  /** For all legs. */
  readonly total: Money;
  readonly car: PackageLeg;
  readonly hotel: PackageLeg;
  readonly flight: PackageLeg;
}
