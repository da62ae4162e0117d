import type { OffersByLeg } from './use-offers.js';

/** What the form holds, as it was typed. */
export interface Trip {
  readonly name: string;
  readonly attempts: string;
  readonly car: string;
  readonly hotel: string;
  readonly flight: string;
}

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
export const scenarios = (offers: OffersByLeg): readonly Scenario[] => [
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
function soldOut({ CAR, HOTEL, FLIGHT }: OffersByLeg): Trip {
  const gone = [...FLIGHT, ...HOTEL, ...CAR].find(({ available }) => available === 0);
  switch (gone?.kind) {
    case 'CAR':
      return { ...TUTORIAL_TRIP, car: gone.id };
    case 'HOTEL':
      return { ...TUTORIAL_TRIP, hotel: gone.id };
    case 'FLIGHT':
      return { ...TUTORIAL_TRIP, flight: gone.id };
    case undefined:
      return { ...TUTORIAL_TRIP, flight: 'flight-that-nobody-sells' };
  }
}
