import type { LegKind, OrderedLeg } from '../../model/legs.js';
import type { BookVacation } from './booking.input.js';
import { type AskedLeg, type BookTrip, USUAL_ATTEMPTS } from './trip.input.js';

/** The trip that a caller requests, whichever mutation asks for it. The API chooses the suppliers. */
export interface RequestedTrip {
  readonly name: string;
  readonly legs: readonly RequestedLeg[];
  /** The quote at whose prices the trip is booked. */
  readonly quoteId?: string;
}

export interface RequestedLeg extends Omit<OrderedLeg, 'choices'> {
  /** The offer that the traveller wants, then its alternatives. */
  readonly offerIds: readonly string[];
}

/** Path of the argument that gave an offer, by the indexes of its leg and of the offer in it, such as `input`, `hotel`. */
export type FieldOf = (leg: number, choice: number) => readonly string[];

/** A trip, and how the caller wants to be answered. */
export interface TripRequest {
  readonly trip: RequestedTrip;
  readonly waitSeconds: number;
  readonly idempotencyKey: string | undefined;
  readonly fieldOf: FieldOf;
}

const ONE = { quantity: 1, required: true };

/** The tutorial's trip, in the order in which it is reserved. `attempts` applies to the hotel, as in the tutorial. */
export function fromVacation({ name, attempts, car, hotel, flight, ...answer }: BookVacation): TripRequest {
  const legs: RequestedLeg[] = [
    { ...ONE, id: 'car', kind: 'CAR', offerIds: [car], stage: 1 },
    { ...ONE, id: 'hotel', kind: 'HOTEL', offerIds: [hotel], stage: 2, maxAttempts: attempts },
    { ...ONE, id: 'flight', kind: 'FLIGHT', offerIds: [flight], stage: 3 },
  ];
  return { trip: { name, legs }, fieldOf: (leg) => ['input', legs[leg]!.id], ...answer };
}

export function fromTrip({ name, legs, quoteId, ...answer }: BookTrip): TripRequest {
  const trip = { name, legs: requestedLegs(legs), ...(quoteId !== undefined && { quoteId }) };
  return { trip, fieldOf: fieldOfTrip, ...answer };
}

/** Without stages, the legs go in turn, in the list's order. */
export function requestedLegs(legs: readonly AskedLeg[]): RequestedLeg[] {
  const ids = legIds(legs);
  return legs.map((leg, index) => {
    const { kind, offerId, alternatives, quantity, required, stage = index + 1 } = leg;
    const offerIds = [offerId, ...alternatives];
    return { id: ids[index]!, kind, offerIds, quantity, required, stage, ...attemptsOf(leg) };
  });
}

/** For a list of `LegInput`. */
export const fieldOfTrip: FieldOf = (leg, choice) => [
  'input',
  'legs',
  String(leg),
  ...(choice === 0 ? ['offerId'] : ['alternatives', String(choice - 1)]),
];

/** By default, only a leg without which there is no trip is tried until the deadline. */
function attemptsOf({ attempts, alternatives, required }: AskedLeg): Pick<RequestedLeg, 'maxAttempts'> {
  if (attempts !== undefined) return { maxAttempts: attempts };
  return alternatives.length > 0 || !required ? { maxAttempts: USUAL_ATTEMPTS } : {};
}

/** The given ids, and for the other legs the kind's name, numbered if that is taken: `hotel`, `hotel-2`. */
export function legIds(
  legs: readonly { readonly id?: string | undefined; readonly kind: LegKind }[],
): string[] {
  const taken = new Set(legs.map(({ id }) => id));
  return legs.map(({ id, kind }) => {
    if (id !== undefined) return id;
    const name = kind.toLowerCase();
    let free = name;
    for (let number = 2; taken.has(free); number++) free = `${name}-${number}`;
    taken.add(free);
    return free;
  });
}
