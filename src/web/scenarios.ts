import { type LegField, type Offer, TRIP_LEGS } from './offer-field.js';

/** The form's fields as typed. */
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

/** The tutorial's two requests, and trips that fail in other ways. Ids with such words go to the sandbox supplier. */
export const scenarios = (offers: readonly Offer[]): readonly Scenario[] => [
  { title: 'All goes well', expect: 'The hotel is down once, then the trip is booked.', trip: TUTORIAL_TRIP },
  {
    title: 'The hotel refuses',
    expect: 'The hotel and the car are undone.',
    trip: { ...TUTORIAL_TRIP, attempts: '3', hotel: 'invalid-hotel-id' },
  },
  {
    title: 'The hotel is down twice',
    expect: 'It is booked on the third attempt.',
    trip: { ...TUTORIAL_TRIP, hotel: 'hotel-down-2' },
  },
  { title: 'Sold out', expect: 'The legs booked before it are undone.', trip: soldOut(offers) },
  {
    title: 'An undo gets stuck',
    expect: 'The car can’t be released, so an operator has to decide.',
    trip: { ...TUTORIAL_TRIP, car: 'car-undo-down', flight: 'invalid-flight-id' },
  },
];

/** A sold-out offer of the catalogue, if there is one, as late in the trip as possible so that more is undone. */
function soldOut(offers: readonly Offer[]): Trip {
  const soldOutOffer = offers.findLast(({ available }) => available === 0);
  const leg = TRIP_LEGS.find(({ kind }) => kind === soldOutOffer?.kind);
  if (!soldOutOffer || !leg) return { ...TUTORIAL_TRIP, flight: 'no-such-flight' };
  return { ...TUTORIAL_TRIP, [leg.field]: soldOutOffer.id };
}
