import { Fragment } from 'preact';
import type { BookingRowFragment } from '../../client/generated.js';
import { counted, days, list, listParts } from './format.js';
import { legTitle } from './words.js';

interface Trip {
  readonly legs: readonly Pick<BookingRowFragment['legs'][number], 'kind' | 'place' | 'from' | 'to'>[];
}

/** More places than these are too many for a title. */
const NAMED = 3;

/** What people call a trip: where and when or, as long as no supplier has said so, what it is made of. */
export function TripTitle({ trip: { legs } }: { trip: Trip }) {
  const places = [...new Set(legs.flatMap(({ place }) => place ?? []))];
  if (places.length === 0) return <>{kindsOf(legs)}</>;
  const named = places.length > NAMED ? places.slice(0, NAMED - 1) : places;
  const rest = places.length - named.length;
  const parts = rest > 0 ? [...named, counted(rest, 'more place')] : named;
  const dates = legs
    .flatMap(({ from, to }) => [from, to])
    .filter((date) => typeof date === 'string')
    .sort();
  const [first, last] = [dates[0], dates.at(-1)];
  return (
    <>
      {listParts(parts).map(({ type, value }, index) =>
        type === 'element' ? <bdi key={index}>{value}</bdi> : <Fragment key={index}>{value}</Fragment>,
      )}
      {first && last && `, ${days(first, last)}`}
    </>
  );
}

function kindsOf(legs: Trip['legs']): string {
  const words = list([...new Set(legs.map(({ kind }) => legTitle(kind).toLowerCase()))]);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
