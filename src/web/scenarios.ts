import { TRIP_LEGS, type LegField } from './trip-legs.js';
import type { Offer } from './use-offers.js';

/** What the form holds, as it was typed. */
export type Trip = Readonly<Record<'name' | 'attempts' | LegField, string>>;

interface Scenario {
  readonly title: string;
  readonly expect: string;
  readonly trip: Trip;
}

export const TUTORIAL_TRIP: Trip = {
  name: 'John Doe',
  attempts: '5',
  car: 'valid-car-id',
  hotel: 'valid-hotel-id',
  flight: 'valid-flight-id',
};

/** The tutorial's two requests, and ways in which a trip goes wrong: ids with such words go to the simulated supplier. */
export const scenarios = (offers: readonly Offer[]): readonly Scenario[] => [
  { title: 'All goes well', expect: 'The hotel is down once; then all is booked.', trip: TUTORIAL_TRIP },
  {
    title: 'The hotel refuses',
    expect: 'Hotel and car are undone.',
    trip: { ...TUTORIAL_TRIP, attempts: '3', hotel: 'invalid-hotel-id' },
  },
  {
    title: 'The hotel is down twice',
    expect: 'Booked on its third attempt.',
    trip: { ...TUTORIAL_TRIP, hotel: 'hotel-down-2' },
  },
  { title: 'Sold out', expect: 'What was booked before is undone.', trip: soldOut(offers) },
  {
    title: 'An undo gets stuck',
    expect: 'The car can’t be released: an operator has to look.',
    trip: { ...TUTORIAL_TRIP, car: 'car-undo-down', flight: 'invalid-flight-id' },
  },
];

/** The catalogue's own, where it has one: the later in the trip, the more there is to undo. */
function soldOut(offers: readonly Offer[]): Trip {
  const gone = offers.findLast(({ available }) => available === 0);
  const leg = TRIP_LEGS.find(({ kind }) => kind === gone?.kind);
  if (!gone || !leg) return { ...TUTORIAL_TRIP, flight: 'flight-that-nobody-sells' };
  return { ...TUTORIAL_TRIP, [leg.field]: gone.id };
}
