import { expect, test } from 'vitest';
import type { Evidence, RecordRow } from '../../scripts/chaos/evidence.js';
import {
  attentionNamesWhatIsHeld,
  cancelledHoldsNothing,
  confirmationsAreTheSuppliers,
  confirmedHoldsEachLegOnce,
  confirmedHoldsNothingElse,
  nothingIsHeldForNobody,
  stockAddsUp,
} from '../../scripts/chaos/judge/holdings.js';
import { readingsMoveOnward } from '../../scripts/chaos/judge/onward.js';
import { nothingReservedAfterItsUndo, undosInReverse } from '../../scripts/chaos/judge/undos.js';
import type { Entry } from '../../scripts/chaos/partner-ledger.js';
import { createObservations } from '../../scripts/chaos/told.js';
import { createViolations } from '../../scripts/chaos/violations.js';
import { type BookingStatus, type LegFacts, noFacts, type TriedChoice } from '../../src/model/booking.js';
import { anOrder, type TripChoice } from '../support/trips.js';

const VACATION: TripChoice = { car: 'car-1', hotel: 'hotel-1', flight: 'flight-1' };

interface Recorded {
  readonly status: BookingStatus;
  readonly trip?: TripChoice;
  readonly undoing?: boolean;
  /** What the record says about legs, by id; by default each is booked. */
  readonly legs?: Readonly<Record<string, Partial<LegFacts>>>;
}

function row({ status, trip = VACATION, undoing = status === 'CANCELLED', legs = {} }: Recorded): RecordRow {
  const order = anOrder({ supplier: 'acme', ...trip });
  const facts = noFacts(order);
  return {
    id: 'trip-1',
    name: order.name,
    order,
    status,
    shown_status: status,
    done: true,
    undoing,
    called_off: false,
    facts: { ...facts, legs: facts.legs.map((leg) => ({ ...leg, state: 'BOOKED', ...legs[leg.id] })) },
  };
}

/**
 * One booking and the entries of the partner's ledger in order: `car +` is held, `car -` is released, `2 car +` is held in
 * that quantity, `car.2 +` is the second choice.
 */
function evidence(recorded: BookingStatus | Recorded, ledger: readonly string[]): Evidence {
  const booking = row(typeof recorded === 'string' ? { status: recorded } : recorded);
  const entries = ledger.map((line, index): Entry => {
    const [, count = '1', name = '', sign] = /^(?:(\d) )?(\S+) (.)$/.exec(line)!;
    const [legId, nth = '1'] = name.split('.');
    const offerId = booking.order.legs.find(({ id }) => id === legId)?.choices[Number(nth) - 1]?.offerId;
    const key = `trip-1/${name}`;
    const at = 1000 * index;
    if (sign !== '+') return { at, what: 'released', key };
    return { at, what: 'held', key, offerId: offerId!, quantity: Number(count), reference: `ref ${name}` };
  });
  return {
    plans: [],
    observed: createObservations(),
    rows: [booking],
    reservations: [],
    offers: [],
    failures: [],
    ledger: entries,
    shown: [],
    lists: [],
    isLeft: () => false,
  };
}

function broken(
  check: (found: Evidence, into: ReturnType<typeof createViolations>) => void,
  found: Evidence,
) {
  const violations = createViolations();
  check(found, violations);
  return violations.all().map(({ detail }) => detail);
}

test('a confirmed trip with a released leg is found, and one with a leg that no supplier holds', () => {
  const all = ['car +', 'hotel +', 'flight +'];
  expect(broken(confirmedHoldsEachLegOnce, evidence('CONFIRMED', all))).toEqual([]);
  expect(broken(confirmedHoldsEachLegOnce, evidence('CONFIRMED', [...all, 'hotel -']))).toHaveLength(1);
  expect(broken(confirmedHoldsEachLegOnce, evidence('CONFIRMED', ['car +', 'hotel +']))).toHaveLength(1);
});

test('a cancelled trip that holds a leg is found', () => {
  const undone = ['car +', 'hotel +', 'hotel -', 'car -'];
  expect(broken(cancelledHoldsNothing, evidence('CANCELLED', undone))).toEqual([]);
  expect(broken(cancelledHoldsNothing, evidence('CANCELLED', undone.slice(0, -1)))).toHaveLength(1);
});

test('law 2: undos in the wrong order are found, and so is a reservation after its undo', () => {
  const begun = ['car +', 'hotel +', 'flight +'];
  expect(broken(undosInReverse, evidence('CANCELLED', [...begun, 'flight -', 'hotel -', 'car -']))).toEqual(
    [],
  );
  const wrong = evidence('CANCELLED', [...begun, 'flight -', 'car -', 'hotel -']);
  expect(broken(undosInReverse, wrong)).toEqual(['car before hotel']);
  const late = evidence('CANCELLED', ['car +', 'car -', 'car +']);
  expect(broken(nothingReservedAfterItsUndo, late)).toHaveLength(1);
});

const lost = { code: 'SUPPLIER_OUTCOME_UNKNOWN', message: 'lost' } as const;
const TWO_ROOMS: TripChoice = {
  legs: [
    { id: 'hotel', offers: ['first', 'second', 'third'], quantity: 2 },
    { id: 'excursion', offers: ['walk'], required: false },
  ],
};
const SECOND: Recorded = {
  status: 'CONFIRMED',
  trip: TWO_ROOMS,
  legs: {
    hotel: { tried: [lost], holding: { confirmation: 'ref hotel.2' } },
    excursion: { state: 'LEFT_OUT', tried: [lost] },
  },
};

test('law 13: what a confirmed trip holds besides its current choices is found', () => {
  const right = ['2 hotel +', 'hotel -', '2 hotel.2 +'];
  const found = (ledger: readonly string[]) => [
    ...broken(confirmedHoldsEachLegOnce, evidence(SECOND, ledger)),
    ...broken(confirmedHoldsNothingElse, evidence(SECOND, ledger)),
  ];
  expect(found(right)).toEqual([]);
  expect(found(['2 hotel +', '2 hotel.2 +'])).toEqual(['hotel, choice 0: 2 of first at acme']);
  expect(found([...right, '2 hotel.3 +'])).toEqual(['hotel, choice 2: 2 of third at acme']);
  expect(found([...right, 'excursion +'])).toEqual(['excursion, choice 0: 1 of walk at acme']);
});

test('a confirmed trip with the wrong quantity, the wrong choice or without a required leg is found', () => {
  const found = (ledger: readonly string[], recorded = SECOND) =>
    broken(confirmedHoldsEachLegOnce, evidence(recorded, ledger));
  expect(found(['1 hotel.2 +'])).toEqual(['hotel, choice 1: 1 of second at acme, not 2 of second at acme']);
  expect(found(['2 hotel +'])).toEqual(['hotel, choice 1: nothing, not 2 of second at acme']);
  const legs = { ...SECOND.legs, hotel: { state: 'LEFT_OUT', tried: [lost, lost, lost] } } as const;
  expect(found([], { ...SECOND, legs })).toEqual(['hotel is LEFT_OUT']);
});

test('a confirmation that is not the supplier’s is found', () => {
  const hotel = { tried: [lost], holding: { confirmation: 'ref hotel' } };
  const found = (recorded: Recorded) =>
    broken(confirmationsAreTheSuppliers, evidence(recorded, ['2 hotel.2 +']));
  expect(found(SECOND)).toEqual([]);
  expect(found({ ...SECOND, legs: { ...SECOND.legs, hotel } })).toHaveLength(1);
});

test('a cancelled trip that holds another choice is found', () => {
  const ledger = ['2 hotel +', '2 hotel.2 +', 'hotel.2 -'];
  expect(broken(cancelledHoldsNothing, evidence({ ...SECOND, status: 'CANCELLED' }, ledger))).toEqual([
    'hotel, choice 0: 2 of first at acme',
  ]);
});

test('a booking that needs attention marks each choice that may be held', () => {
  const found = (ledger: readonly string[], hotel: Partial<LegFacts>) =>
    broken(
      attentionNamesWhatIsHeld,
      evidence({ status: 'NEEDS_ATTENTION', undoing: true, trip: TWO_ROOMS, legs: { hotel } }, ledger),
    );
  const stuck = (mayBeHeld: boolean) => {
    return { state: 'UNDO_FAILED', tried: [{ ...lost, ...(mayBeHeld && { mayBeHeld }) }] } as const;
  };
  expect(found(['2 hotel.2 +'], stuck(false))).toEqual([]);
  expect(found(['2 hotel +'], stuck(true))).toEqual([]);
  expect(found(['2 hotel +'], stuck(false))).toHaveLength(1);
  expect(found(['2 hotel.3 +'], stuck(true))).toHaveLength(1);
  expect(found(['2 hotel.2 +'], { ...stuck(false), state: 'UNDONE' })).toHaveLength(1);
});

test('a reservation for no leg or choice of a booking is found', () => {
  expect(broken(nothingIsHeldForNobody, evidence(SECOND, ['2 hotel.2 +']))).toEqual([]);
  expect(broken(nothingIsHeldForNobody, evidence(SECOND, ['hotel.4 +']))).toEqual(['trip-1/hotel.4']);
});

test('units that are counted but not held are found', () => {
  const stock = (reserved: number): Evidence => ({
    ...evidence(SECOND, []),
    offers: [{ id: 'first', reserved }],
    reservations: [2, 3].map((quantity) => ({
      key: `trip-1/hotel-${quantity}`,
      offer_id: 'first',
      quantity,
      locator: null,
      held_since: new Date(1000),
      released_at: null,
    })),
  });
  expect(broken(stockAddsUp, stock(5))).toEqual([]);
  expect(broken(stockAddsUp, stock(2))).toHaveLength(1);
});

test('law 2: legs of a stage are undone together, and stages in turn', () => {
  const legs = ['a', 'b', 'c'].map((id, index) => ({
    id,
    offers: [`${id}-1`, `${id}-2`],
    stage: index ? 2 : 1,
  }));
  const found = (ledger: readonly string[], tried: readonly TriedChoice[] = []) =>
    broken(undosInReverse, evidence({ status: 'CANCELLED', trip: { legs }, legs: { a: { tried } } }, ledger));
  const begun = ['a +', 'b +', 'c +'];
  expect(found([...begun, 'b -', 'c -', 'a -'])).toEqual([]);
  expect(found([...begun, 'c -', 'b -', 'a -'])).toEqual([]);
  expect(found([...begun, 'c -', 'a -', 'b -'])).toEqual(['a before b']);
  // A choice that was given up is released on the way forward; a resumed trip holds legs of later stages then.
  expect(found([...begun, 'a -', 'a.2 +', 'c -', 'b -', 'a.2 -'], [lost])).toEqual([]);
  expect(found([...begun, 'a -', 'a.2 +', 'a.2 -', 'c -', 'b -'], [lost])).toEqual(['a before b']);
});

/** The problems found in consecutive readings. */
function read(statuses: readonly BookingStatus[], cancelRequested: boolean): string[] {
  const found = evidence('CONFIRMED', []);
  const { observed } = found;
  if (cancelRequested) observed.cancelRequested.set('trip-1', 0);
  statuses.forEach((status, index) => {
    const span = { from: 10 * index + 1, to: 10 * index + 5 };
    observed.read('reader', span, {
      id: 'trip-1',
      status,
      done: false,
      source: 'RECORD',
      legs: [],
      failure: null,
    });
  });
  return broken(readingsMoveOnward, found);
}

test('readings that go backwards are found', () => {
  expect(read(['PENDING', 'BOOKING', 'ROLLING_BACK', 'NEEDS_ATTENTION', 'CANCELLED'], false)).toEqual([]);
  expect(read(['CONFIRMED', 'ROLLING_BACK'], true)).toEqual([]);
  expect(read(['CONFIRMED', 'ROLLING_BACK'], false)).toHaveLength(1);
  expect(read(['ROLLING_BACK', 'BOOKING'], true)).toHaveLength(1);
  expect(read(['NEEDS_ATTENTION', 'CONFIRMED'], false)).toHaveLength(1);
  expect(read(['BOOKING', 'PENDING'], false)).toHaveLength(1);
});
