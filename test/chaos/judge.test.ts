import { expect, test } from 'vitest';
import type { Evidence, RecordRow } from '../../scripts/chaos/evidence.js';
import { cancelledHoldsNothing, confirmedHoldsEachLegOnce } from '../../scripts/chaos/judge/holdings.js';
import { readingsMoveOnward } from '../../scripts/chaos/judge/onward.js';
import { nothingReservedAfterItsUndo, undosInReverse } from '../../scripts/chaos/judge/undos.js';
import type { Entry } from '../../scripts/chaos/partner-ledger.js';
import { createObservations } from '../../scripts/chaos/told.js';
import { createViolations } from '../../scripts/chaos/violations.js';
import type { BookingStatus } from '../../src/model/booking.js';
import { anOrder } from '../support/trips.js';

const order = anOrder({ car: 'car-1', hotel: 'hotel-1', flight: 'flight-1' });
const legs = order.legs.map((leg) => ({ ...leg, supplier: 'acme' }));
const row = (status: BookingStatus): RecordRow => ({
  id: 'trip-1',
  name: order.name,
  order: { ...order, legs },
  status,
  shown_status: status,
  done: true,
  undoing: status === 'CANCELLED',
  called_off: false,
  facts: null,
});

/** One booking and the entries of the partner's ledger in order: `car +` is held, `car -` is released. */
function evidence(status: BookingStatus, ledger: readonly string[]): Evidence {
  const entries = ledger.map((line, index): Entry => {
    const [leg = '', sign] = line.split(' ');
    const key = `trip-1/${leg}`;
    const at = 1000 * index;
    return sign === '+' ? { at, what: 'held', key, offerId: `${leg}-1` } : { at, what: 'released', key };
  });
  return {
    plans: [],
    observed: createObservations(),
    rows: [row(status)],
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
