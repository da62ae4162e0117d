import * as fc from 'fast-check';
import { LEG_KINDS, type OrderedLeg } from '../../../src/model/legs.js';
import type { BookingOrder } from '../../../src/model/order.js';
import { anOrder } from '../../support/trips.js';

/** What happens to one call that reserves. */
export type ReserveFault =
  | 'fine'
  | 'refused'
  | 'sold-out'
  | 'unknown-offer'
  /** Certainly without effect. */
  | 'unavailable'
  | 'lost-before'
  | 'lost-after'
  /** Takes effect during a later call of the trip, long after its caller gave up on it. */
  | 'late'
  /** Takes effect once the trip has ended. */
  | 'very-late'
  /** Ends only when it is let go, then takes effect. It doesn't heed a cancel. */
  | 'deaf'
  /** Takes effect, then doesn't answer before it is let go or cancelled. */
  | 'hangs';

export type ReleaseFault = 'fine' | 'unavailable' | 'lost-before' | 'lost-after' | 'deaf';

export interface DrawnChoice {
  readonly supplier: 'sandbox' | 'inventory';
  /** By call; further calls are fine. */
  readonly reserve: readonly ReserveFault[];
  readonly release: readonly ReleaseFault[];
}

export type DrawnLeg = Pick<OrderedLeg, 'kind' | 'stage' | 'quantity' | 'required' | 'maxAttempts'> & {
  readonly choices: readonly DrawnChoice[];
};

export type Blow =
  | 'call off'
  /** The wish is recorded, but its nudge is lost. */
  | 'call off, nudge lost'
  | 'cancel by Temporal'
  | 'terminate'
  | 'reset'
  /** The database fails the trip's next one to three calls. */
  | 'database away 1'
  | 'database away 3';

/** Something from outside that hits the trip at a moment, counted from 1. */
export type DrawnEvent =
  | {
      readonly at: 'call';
      readonly nth: number;
      readonly when: 'before' | 'after';
      readonly what: Blow;
    }
  | {
      readonly at: 'write';
      readonly nth: number;
      readonly when: 'before' | 'after';
      readonly what: Blow | 'the call is lost';
    };

export interface DrawnTrip {
  readonly legs: readonly DrawnLeg[];
  readonly undoAttempts: number;
  readonly events: readonly DrawnEvent[];
  /** What the operator decides, in turn, about the trip if it is parked, and about each leg whose undo is stuck. */
  readonly parked: readonly ('resume' | 'call off')[];
  readonly stuck: readonly ('retry' | 'settle')[];
  /** Hits the trip once it is done. */
  readonly afterwards: 'nothing' | 'call off' | 'reset';
}

/** Objects like any other, which are shorter to print. */
const record = <T>(fields: { [Field in keyof T]: fc.Arbitrary<T[Field]> }) =>
  fc.record<T>(fields, { noNullPrototype: true });

/** Mostly the first, because every call draws one. */
const mostly = <T extends string>(usual: T, weight: number, others: readonly T[]) =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const reserveFault = mostly<ReserveFault>('fine', 1, [
  'refused',
  'sold-out',
  'unknown-offer',
  'unavailable',
  'unavailable',
  'lost-before',
  'lost-after',
  'late',
  'very-late',
  'deaf',
  'hangs',
]);
const releaseFault = mostly<ReleaseFault>('fine', 2, ['unavailable', 'lost-before', 'lost-after', 'deaf']);

const choice: fc.Arbitrary<DrawnChoice> = record({
  supplier: fc.constantFrom('sandbox', 'inventory'),
  reserve: fc.array(reserveFault, { minLength: 2, maxLength: 3 }),
  release: fc.array(releaseFault, { maxLength: 3 }),
});

const leg: fc.Arbitrary<DrawnLeg> = record({
  kind: fc.constantFrom(...LEG_KINDS),
  stage: fc.constantFrom(1, 2, 3, 7),
  quantity: fc.integer({ min: 1, max: 4 }),
  required: fc.oneof(
    { weight: 2, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  maxAttempts: fc.constantFrom(1, 1, 2, 3),
  choices: fc.array(choice, { minLength: 1, maxLength: 4 }),
});

/** Those that leave another run behind come more often, because more can go wrong after them. */
const BLOWS = [
  'terminate',
  'terminate',
  'terminate',
  'reset',
  'reset',
  'call off',
  'cancel by Temporal',
  'call off, nudge lost',
  'database away 1',
  'database away 3',
] as const;
const when = fc.constantFrom('before' as const, 'after' as const);
const event: fc.Arbitrary<DrawnEvent> = fc.oneof(
  record({
    at: fc.constant('call' as const),
    nth: fc.integer({ min: 1, max: 8 }),
    when,
    what: fc.constantFrom(...BLOWS),
  }),
  record({
    at: fc.constant('write' as const),
    nth: fc.integer({ min: 1, max: 4 }),
    when,
    what: fc.constantFrom('the call is lost' as const, ...BLOWS),
  }),
);

const parts = {
  legs: fc.array(leg, { minLength: 1, maxLength: 6 }),
  undoAttempts: fc.integer({ min: 1, max: 3 }),
  parked: fc.array(mostly<'resume' | 'call off'>('resume', 2, ['call off']), { minLength: 1, maxLength: 3 }),
  stuck: fc.array(fc.constantFrom('retry' as const, 'settle' as const), { minLength: 1, maxLength: 3 }),
};

export const drawnTrip: fc.Arbitrary<DrawnTrip> = record({
  ...parts,
  events: fc.array(event, { maxLength: 2 }),
  afterwards: mostly('nothing', 2, ['call off', 'reset']),
});

/** A trip that only its suppliers' faults can stop. */
export const undisturbedTrip: fc.Arbitrary<DrawnTrip> = record({
  ...parts,
  events: fc.constant([]),
  afterwards: fc.constant('nothing' as const),
});

/** The order of a drawn trip. Its offers are named for their leg and place: `hotel-2-b` is the second choice of the leg `hotel-2`. */
export function orderOf({ legs, undoAttempts }: DrawnTrip): BookingOrder {
  return {
    ...anOrder({ policy: { undoAttempts } }),
    legs: legs.map(({ choices, ...leg }, index) => {
      const id = `${leg.kind.toLowerCase()}-${index + 1}`;
      const offered = choices.map(({ supplier }, choice) => ({
        supplier,
        offerId: `${id}-${'abcd'[choice]}`,
      }));
      return { id, ...leg, choices: offered };
    }),
  };
}
