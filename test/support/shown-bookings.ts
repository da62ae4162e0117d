import type { LegPartsFragment, WholeBookingFragment } from '../../src/client/generated.js';

/** Bookings as the page receives them, for the tests of what it says about them. */

export const aLeg = (changed: Partial<LegPartsFragment> = {}): LegPartsFragment => ({
  id: 'hotel',
  kind: 'HOTEL',
  offerId: 'hotel-lisbon-alfama',
  alternatives: [],
  quantity: 1,
  required: true,
  stage: 1,
  state: 'PENDING',
  attempts: 0,
  earlierFailures: 0,
  tried: [],
  ...changed,
});

export const aCar = (changed: Partial<LegPartsFragment> = {}) =>
  aLeg({ id: 'car', kind: 'CAR', offerId: 'car-lisbon-compact', ...changed });

export const aFlight = (changed: Partial<LegPartsFragment> = {}) =>
  aLeg({ id: 'flight', kind: 'FLIGHT', offerId: 'flight-lisbon-economy', quantity: 2, ...changed });

type Event = WholeBookingFragment['timeline'][number];

/** What happened to a leg, one state per second. */
export const events = (legId: string, ...states: (Event['state'] | Partial<Event>)[]): Event[] =>
  states.map((given, index) => ({
    at: `2026-11-25T10:00:${String(index + 1).padStart(2, '0')}.000Z`,
    legId,
    ...(typeof given === 'string' ? { state: given } : { state: 'RUNNING', ...given }),
  }));

export const aBooking = (changed: Partial<WholeBookingFragment> = {}): WholeBookingFragment => ({
  id: 'ada-1',
  reference: '7KQ2-M9XD',
  name: 'Ada',
  owner: 'ada',
  userId: 'ada-1',
  status: 'BOOKING',
  done: false,
  createdAt: '2026-11-25T10:00:00.000Z',
  asOf: '2026-11-25T10:01:00.000Z',
  source: 'RECORD',
  total: [],
  legs: [aCar(), aLeg(), aFlight()],
  timeline: [],
  ...changed,
});

/** Writes moments, lists and ordinals in a way that doesn't depend on where the test runs. */
export const PLAIN = {
  clock: (iso: string) => iso.slice(11, 16),
  list: (parts: readonly string[]) => parts.join(' and '),
  ordinal: (count: number) => ['first', 'second', 'third'][count - 1] ?? `${count}th`,
};
