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

export interface OfferFilter {
  /** Part of the place's name, in upper or lower case. */
  readonly place?: string | undefined;
  /** The offer begins on this day or later. */
  readonly from?: string | undefined;
  /** The offer ends on this day or earlier. */
  readonly to?: string | undefined;
  /** A decimal number, compared with each offer's amount in the offer's own currency. */
  readonly maxPrice?: string | undefined;
}

/** A page of one kind of offers, in the order of the day they begin and of their ids. */
export interface OfferQuery {
  readonly kind: LegKind;
  readonly first: number;
  /** Only what comes after this offer, whether it is still there or not. */
  readonly after?: Pick<Offer, 'from' | 'id'> | undefined;
  readonly filter: OfferFilter;
}

export interface OfferPage {
  readonly offers: readonly Offer[];
  readonly hasNextPage: boolean;
}
