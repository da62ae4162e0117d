import type { LegKind } from './legs.js';

export interface Money {
  /** A decimal number with two places, such as `249.90`. A string, because a binary fraction can't hold it exactly. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** What a supplier sells, as the catalogue shows it. `from` and `to` are ISO 8601 dates, both inclusive. */
export interface Offer {
  readonly id: string;
  readonly kind: LegKind;
  readonly title: string;
  readonly place: string;
  readonly from: string;
  readonly to: string;
  readonly price: Money;
  /** Units left; 0 if the offer is sold out. */
  readonly available: number;
}
