import type { FailureCode, LegPartsFragment, WholeBookingFragment } from '../../client/generated.js';
import { legName } from '../look/words.js';

/** What sentences about a booking are made of. */

/** How moments, lists and ordinals are written in the page's language. */
export interface Writing {
  readonly clock: (iso: string) => string;
  readonly list: (parts: readonly string[]) => string;
  readonly ordinal: (count: number) => string;
}

/** `the hotel`; where a kind repeats, `hotel 2`. */
export function theLeg(legs: readonly LegPartsFragment[], leg: LegPartsFragment): string {
  const name = legName(legs, leg).toLowerCase();
  return legs.some(({ id, kind }) => kind === leg.kind && id !== leg.id) ? name : `the ${name}`;
}

/** The API's word for whoever was forgotten. */
const FORGOTTEN = '(forgotten)';

/** Why something could not be had, as a clause. */
const CLAUSES: Record<FailureCode, (the: string) => string> = {
  SUPPLIER_REFUSED: (the) => `${the} was refused`,
  OFFER_SOLD_OUT: (the) => `${the} was sold out`,
  OFFER_PAST: (the) => `${the} had already begun`,
  PRICE_CHANGED: (the) => `the price of ${the} had changed`,
  OFFER_UNKNOWN: (the) => `${the} wasn’t on offer`,
  SUPPLIER_UNAVAILABLE: (the) => `${the} couldn’t be reached`,
  SUPPLIER_OUTCOME_UNKNOWN: (the) => `${the} never answered`,
  CANCELLED: () => 'the trip was called off',
  DEADLINE_EXCEEDED: () => 'not everything could be reserved in time',
  TERMINATED: () => 'the booking was interrupted',
};

export const whyNot = (code: FailureCode, the: string): string => CLAUSES[code](the);

/** Who called the trip off, if it is known. */
function callerOff({ cancellation, owner }: WholeBookingFragment, reader: string | undefined) {
  const by = cancellation?.by;
  if (by === undefined || by === FORGOTTEN) return undefined;
  if (by === reader) return 'you';
  return by === owner ? 'the traveller' : 'our staff';
}

/**
 * `you called the trip off`
 * @param reader the subject of whoever reads it, if it is known
 */
export function calledOffBy(booking: WholeBookingFragment, reader: string | undefined): string {
  const who = callerOff(booking, reader);
  return who === undefined ? CLAUSES.CANCELLED('') : `${who} called the trip off`;
}

export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Whether the traveller or an operator ended the trip, and not a leg or the time: the first reason counts. */
export function isCallOff({ failure, cancellation }: WholeBookingFragment): boolean {
  if (failure?.code === 'CANCELLED') return true;
  return Boolean(cancellation) && (!failure || failure.code === 'TERMINATED');
}

/** The leg without which the trip could not be booked, if it was one. */
export function culpritOf(booking: WholeBookingFragment): LegPartsFragment | undefined {
  if (isCallOff(booking)) return undefined;
  return booking.legs.find(({ id }) => id === booking.failure?.legId);
}
