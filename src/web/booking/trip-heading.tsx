import { Fragment } from 'preact';
import type { WholeBookingFragment } from '../../client/generated.js';
import { days } from '../look/format.js';

/** More places than these are too many for a heading. */
const NAMED = 3;

/** Where and when, as the suppliers named it when they took the reservations: `Lisbon, 3 – 10 May 2027`. */
export function TripHeading({ booking: { legs } }: { booking: WholeBookingFragment }) {
  const places = [...new Set(legs.flatMap(({ place }) => place ?? []))].slice(0, NAMED);
  const dates = legs
    .flatMap(({ from, to }) => [from, to])
    .filter((date) => typeof date === 'string')
    .sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (places.length === 0 && first === undefined) return <>Your trip</>;
  return (
    <>
      {places.length === 0 && 'Your trip'}
      {places.map((place, index) => (
        <Fragment key={place}>
          {index > 0 && (index === places.length - 1 ? ' and ' : ', ')}
          <bdi>{place}</bdi>
        </Fragment>
      ))}
      {first !== undefined && last !== undefined && `, ${days(first, last)}`}
    </>
  );
}
