import { createTripId, digitsOfKey } from '../../src/api/booking/ids.js';
import type { BookTripInput, BookVacationInput, LegInput } from '../../src/client/generated.js';
import { LEG_KINDS, type LegKind } from '../../src/model/legs.js';
import { ANONYMOUS } from '../../src/model/order.js';
import { createDice, type Dice } from './dice.js';
import {
  MAX_QUANTITY,
  plentifulOffers,
  refusedOffer,
  scarceOffer,
  speechlessOffer,
  unknownOffer,
} from './offers.js';

/** Something a traveller does after booking. `after` is in milliseconds since the response. */
export interface Act {
  readonly after: number;
  readonly api: number;
  readonly what: 'cancel' | 'repeat' | 'other trip under the same key';
}

/** What a traveller books: the tutorial's trip, or any list of legs. */
export type Request =
  | { readonly mutation: 'bookVacation'; readonly input: BookVacationInput }
  | { readonly mutation: 'bookTrip'; readonly input: BookTripInput };

/** What the seed determines about a traveller. */
export interface TripPlan {
  /** Unique: identifies the booking if no response contained its id. */
  readonly name: string;
  readonly key?: string;
  readonly api: number;
  readonly request: Request;
  /** Attempts to get a response before the traveller gives up. */
  readonly patience: number;
  readonly acts: readonly Act[];
}

export function planTrips(seed: string, count: number): TripPlan[] {
  return Array.from({ length: count }, (_, index) =>
    planTrip(createDice(`${seed} trip ${index}`), seed, index),
  );
}

function planTrip(dice: Dice, seed: string, index: number): TripPlan {
  const name = `Traveller ${String(index).padStart(5, '0')}`;
  // A request without a key must not be repeated, so most have one.
  const key = dice.chance(0.9) ? `${seed}-${index}` : undefined;
  const common = {
    name,
    waitSeconds: dice.chance(0.2) ? 2 : 0,
    ...(key !== undefined && { idempotencyKey: key }),
  };
  const request: Request = dice.chance(0.4)
    ? { mutation: 'bookVacation', input: { ...common, ...planVacation(dice) } }
    : { mutation: 'bookTrip', input: { ...common, legs: planLegs(dice) } };
  return {
    name,
    ...(key !== undefined && { key }),
    api: dice.whole(0, 1),
    request,
    patience: key === undefined ? 1 : dice.chance(0.15) ? 1 : 40,
    acts: planActs(dice, key !== undefined),
  };
}

function planVacation(dice: Dice) {
  return {
    car: pickOffer(dice, 'CAR'),
    hotel: pickOffer(dice, 'HOTEL', { isLimited: true }),
    flight: pickOffer(dice, 'FLIGHT'),
    attempts: dice.whole(1, 4),
  };
}

/** One to six legs of any kinds, which may repeat. */
function planLegs(dice: Dice): LegInput[] {
  const hasStages = dice.chance(0.6);
  const count = dice.whole(1, 6);
  return Array.from({ length: count }, (_, index) => {
    const kind = dice.pickAny(LEG_KINDS)!;
    // At least one leg must be required.
    const required = index === 0 || dice.chance(0.6);
    const isHopeless = !required && dice.chance(0.25);
    const wanted = isHopeless
      ? [unknownOffer(kind)]
      : Array.from({ length: dice.whole(1, 3) }, () => pickOffer(dice, kind, { isLimited: true }));
    const [offerId = '', ...alternatives] = new Set(wanted);
    return {
      kind,
      offerId,
      alternatives,
      quantity: dice.whole(1, MAX_QUANTITY),
      required,
      attempts: dice.whole(1, 4),
      ...(hasStages && { stage: dice.whole(1, 3) }),
    };
  });
}

function planActs(dice: Dice, hasKey: boolean): Act[] {
  const acts: Act[] = [];
  const act = (what: Act['what'], after: number) => acts.push({ what, after, api: dice.whole(0, 1) });
  if (hasKey && dice.chance(0.3)) act('repeat', dice.between(0, 4000));
  if (hasKey && dice.chance(0.1)) act('other trip under the same key', dice.between(0, 3000));
  if (dice.chance(0.3)) {
    act('cancel', dice.chance(0.6) ? dice.between(0, 600) : dice.between(600, 9000));
    if (dice.chance(0.3)) act('cancel', dice.between(0, 9000));
  }
  return acts.sort((a, b) => a.after - b.after);
}

/** @param isLimited whether the leg's attempts are limited; another one would be retried until the deadline */
function pickOffer(dice: Dice, kind: LegKind, { isLimited } = { isLimited: false }): string {
  const left = dice.between(0, 100);
  if (left < 10) return scarceOffer(kind);
  if (left < 14) return refusedOffer(kind);
  if (left < 17 && isLimited) return speechlessOffer(kind);
  if (left < 18) return unknownOffer(kind);
  return dice.pickAny(plentifulOffers(kind))!;
}

/** The id of a booking with a key, which identifies it even if no response contained it. */
export function idOfKey(key: string): string {
  return createTripId(digitsOfKey(ANONYMOUS, key));
}
