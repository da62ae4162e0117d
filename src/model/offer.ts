import type { LegKind } from './legs.js';
import type { Money } from './money.js';

/** What a supplier sells, as the catalogue shows it. `from` and `to` are ISO 8601 dates, both inclusive. */
export interface Offer {
  readonly id: string;
  readonly kind: LegKind;
  readonly title: string;
  readonly place: string;
  readonly from: string;
  readonly to: string;
  /** IANA time zone in which `from` and `to` are days. */
  readonly timeZone: string;
  /** Whether its first day has begun there. Then it can't be booked any more. */
  readonly past: boolean;
  /** For one unit. */
  readonly price: Money;
  /** How many travellers one unit is for: 1 for a seat, 2 for a double room. */
  readonly travellersPerUnit: number;
  /** Units left; 0 if the offer is sold out. */
  readonly available: number;
}
