import { type BookingLeg, type BookingRecord, legsOf } from './booking.js';
import { type Money, sumsOf } from './money.js';

type Content = Pick<BookingRecord, 'order' | 'facts'>;

/** The legs that are booked now: those of a confirmed trip that weren't left out, and of a cancelled trip none. */
export const bookedLegs = (record: Content): BookingLeg[] =>
  legsOf(record).filter(({ state }) => state === 'BOOKED');

/**
 * What the booked legs cost: one sum for each currency, ordered by its code. Legs whose suppliers named no price aren't
 * counted.
 */
export function totalOf(record: Content): Money[] {
  return sumsOf(bookedLegs(record).flatMap(({ holding }) => holding?.price ?? []));
}

/** The first and the last day of the booked legs, as far as their suppliers say; ISO 8601 dates. */
export function daysOf(record: Content): { readonly from?: string; readonly to?: string } {
  const days = bookedLegs(record).flatMap(({ holding: { from, to } = {} }) => [from, to]);
  const known = days.filter((day) => day !== undefined).sort();
  const [from] = known;
  const to = known.at(-1);
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}
