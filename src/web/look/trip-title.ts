import type { BookingRowFragment } from '../../client/generated.js';
import { days, list } from './format.js';
import { legTitle } from './words.js';

type Trip = Pick<BookingRowFragment, 'from' | 'to'> & {
  readonly legs: readonly Pick<BookingRowFragment['legs'][number], 'kind' | 'place'>[];
};

/** What people call a trip: where and when or, as long as no supplier has said so, what it is made of. */
export function tripTitle({ from, to, legs }: Trip): string {
  const places = [...new Set(legs.flatMap(({ place }) => place ?? []))];
  if (places.length > 0) return [list(places), from && to && days(from, to)].filter(Boolean).join(', ');
  const kinds = [...new Set(legs.map(({ kind }) => legTitle(kind).toLowerCase()))];
  const words = list(kinds);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
