import type { WholeBookingFragment } from '../../client/generated.js';
import { culpritOf } from './phrases.js';

/** One unit of these is for one traveller. */
const PER_TRAVELLER = new Set(['FLIGHT', 'EXCURSION']);

/**
 * The shop's address with the trip filled in, without what could not be had: the leg that failed, and optional legs that
 * were left out, because the shop would ask for them as if they were required.
 */
export function tryAgainAddress(booking: WholeBookingFragment): string {
  const culprit = culpritOf(booking);
  const legs = booking.legs.filter(({ id, state }) => id !== culprit?.id && state !== 'LEFT_OUT');
  const travellers = Math.max(
    0,
    ...booking.legs.filter(({ kind }) => PER_TRAVELLER.has(kind)).map(({ quantity }) => quantity),
  );
  const known = (values: readonly (string | null | undefined)[]) =>
    values.filter((value): value is string => typeof value === 'string').sort();
  const place = booking.legs.find((leg) => leg.place)?.place;
  const [from] = known(booking.legs.map((leg) => leg.from));
  const to = known(booking.legs.map((leg) => leg.to)).at(-1);

  const query = new URLSearchParams({ view: 'own' });
  if (travellers > 0) query.set('travellers', String(travellers));
  for (const { kind, quantity, offerId } of legs) query.append('leg', `${kind}.${quantity}.${offerId}`);
  for (const [name, value] of Object.entries({ place, from, to })) if (value) query.set(name, value);
  return `/?${query}`;
}
