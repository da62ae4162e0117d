import type { LegKind } from './legs.js';

export interface Money {
  /** A decimal number with two places: `249.90`. A string, for a binary fraction can't hold it. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** What a supplier sells, as the catalogue shows it. Days are ISO 8601 dates, both included. */
export interface Offer {
  readonly id: string;
  readonly kind: LegKind;
  readonly title: string;
  readonly place: string;
  readonly from: string;
  readonly to: string;
  readonly price: Money;
  /** How often it can still be booked; 0 where it is sold out. */
  readonly available: number;
}
