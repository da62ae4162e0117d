import { describe, expect, test } from 'vitest';
import { noFacts, type BookingRecord, type SagaEvent, type StepState } from '../../src/model/booking.js';
import { timelineOf, withAttempts, type FailedAttempt, type LegAttempts } from '../../src/model/timeline.js';
import { createFactBook, type LegChange } from '../../src/saga/fact-book.js';
import { anOrder, aRecord } from '../support/trips.js';

const at = (second: number) => `2026-11-25T10:00:${String(second).padStart(2, '0')}.000Z`;
const ORDER = anOrder();

/** A record whose car went through these changes, one per second. */
function record(...changes: LegChange[]): BookingRecord {
  const events: SagaEvent[] = [];
  const book = createFactBook(noFacts(ORDER), () => undefined);
  changes.forEach((change, index) => {
    book.leg('car', change);
    events.push({ ...book.view().events.at(-1)!, at: at(index + 1) });
  });
  const { legs } = book.view();
  const facts = {
    ...book.view(),
    legs: legs.map((leg) => (leg.id === 'car' ? { ...leg, since: at(changes.length) } : leg)),
    events,
  };
  return aRecord(ORDER, { id: 'a', acceptedAt: at(0), version: 3, status: 'BOOKING', facts });
}

const failed = (attempt: Partial<FailedAttempt>): FailedAttempt => ({
  action: 'reserve',
  since: at(1),
  attempt: 1,
  at: at(1),
  message: 'down',
  ...attempt,
});
const ofCar = (...latest: FailedAttempt[]): LegAttempts[] => [{ legId: 'car', count: latest.length, latest }];

/** `<second> <state> <attempt>` of each line. */
const linesOf = (booking: BookingRecord, attempts: readonly LegAttempts[]) =>
  timelineOf(booking, attempts).map(({ at: time, state, attempt }) =>
    `${Number(time.slice(17, 19))} ${state} ${attempt ?? ''}`.trim(),
  );

describe('a leg that is being', () => {
  test.each([
    ['reserved', 'RUNNING', 'reserve', 'RETRYING'],
    ['undone', 'UNDOING', 'release', 'UNDOING'],
  ] as const)('%s shows its failed attempts', (_what, state, action, shown) => {
    const booking = record({ state });
    const attempts = ofCar(failed({ action }), failed({ action, attempt: 2, message: 'still down' }));
    const [car] = withAttempts(booking, attempts).facts.legs;
    expect(car).toMatchObject({ state: shown, attempts: 2, lastError: 'still down' });
    expect(timelineOf(booking, attempts).slice(1)).toMatchObject([
      { legId: 'car', state: shown, attempt: 1, message: 'down' },
      { legId: 'car', state: shown, attempt: 2, message: 'still down' },
    ]);
  });

  test('undone again doesn’t report failed attempts of its earlier undo', () => {
    const booking = record(
      { state: 'UNDOING' },
      { state: 'UNDO_FAILED', attempts: 1, lastError: 'down' },
      { state: 'UNDOING' },
    );
    const attempts = ofCar(failed({ action: 'release' }));
    expect(withAttempts(booking, attempts).facts.legs[0]).toEqual(booking.facts.legs[0]);
  });
});

test.each(['BOOKED', 'UNDONE', 'UNDO_FAILED', 'FAILED', 'SKIPPED', 'PENDING'] as const)(
  'a leg that is %s shows only what the saga recorded',
  (state) => {
    const booking = record({ state: 'RUNNING' }, { state });
    const attempts = ofCar(failed({}), failed({ since: at(2), action: 'release' }));
    expect(withAttempts(booking, attempts).facts.legs[0]?.state).toBe(state);
  },
);

describe('a failed attempt is listed within its step', () => {
  test.each([
    ['RUNNING', 'reserve', 'RETRYING', 'FAILED'],
    ['UNDOING', 'release', 'UNDOING', 'UNDO_FAILED'],
  ] as const)(
    'and the one that ended the step is listed once, when the leg was %s',
    (state, action, retried, end) => {
      const booking = record({ state }, { state: end, attempts: 2, lastError: 'still down' });
      const attempts = ofCar(failed({ action }), failed({ action, attempt: 2, message: 'still down' }));
      expect(linesOf(booking, attempts)).toEqual([`1 ${state}`, `1 ${retried} 1`, `2 ${end} 2`]);
    },
  );

  test('whatever the worker’s clock shows', () => {
    const booking = record({ state: 'RUNNING' }, { state: 'BOOKED', attempts: 3 });
    const attempts = ofCar(failed({ at: at(0) }), failed({ attempt: 2, at: at(50) }));
    expect(linesOf(booking, attempts)).toEqual(['1 RUNNING', '1 RETRYING 1', '2 RETRYING 2', '2 BOOKED 3']);
  });

  test('and never after the start of the undo, however late the supplier answered', () => {
    const booking = record({ state: 'RUNNING' }, { state: 'FAILED' }, { state: 'UNDOING' });
    expect(linesOf(booking, ofCar(failed({ at: at(9) })))).toEqual([
      '1 RUNNING',
      '2 RETRYING 1',
      '2 FAILED',
      '3 UNDOING',
    ]);
  });

  test('in the order of the attempts, whatever order they were written in', () => {
    const booking = record({ state: 'RUNNING' });
    const attempts = ofCar(failed({ attempt: 2, at: at(2) }), failed({ attempt: 1, at: at(3) }));
    expect(withAttempts(booking, attempts).facts.legs[0]?.attempts).toBe(2);
    expect(linesOf(booking, ofCar(failed({ attempt: 2 }), failed({})))).toEqual([
      '1 RUNNING',
      '1 RETRYING 1',
      '1 RETRYING 2',
    ]);
  });

  test('even if the run never recorded the step: before the next event of its leg', () => {
    const booking = record(
      { state: 'SKIPPED' },
      { state: 'SKIPPED' },
      { state: 'FAILED' },
      { state: 'UNDOING' },
    );
    const attempts = ofCar(failed({ since: `${at(2).slice(0, 19)}.500Z`, at: at(30) }));
    expect(linesOf(booking, attempts)).toEqual([
      '1 SKIPPED',
      '2 SKIPPED',
      '3 RETRYING 1',
      '3 FAILED',
      '4 UNDOING',
    ]);
  });

  test('and not within another leg’s', () => {
    const booking = record({ state: 'RUNNING' }, { state: 'FAILED', attempts: 1 });
    expect(linesOf(booking, [{ legId: 'hotel', count: 1, latest: [failed({})] }])).toEqual([
      '1 RUNNING',
      '1 RETRYING 1',
      '2 FAILED 1',
    ]);
  });
});

/** Every path a leg can take, with attempts of each step timestamped by clocks that are wrong in every way. */
describe.each<[string, ...StepState[]]>([
  ['booked', 'RUNNING', 'BOOKED'],
  ['booked and undone', 'RUNNING', 'BOOKED', 'UNDOING', 'UNDONE'],
  ['refused', 'RUNNING', 'FAILED', 'UNDOING', 'UNDONE'],
  ['stuck', 'RUNNING', 'FAILED', 'UNDOING', 'UNDO_FAILED'],
  ['stuck and retried', 'RUNNING', 'BOOKED', 'UNDOING', 'UNDO_FAILED', 'UNDOING', 'UNDONE'],
  ['being reserved', 'RUNNING'],
  ['being undone', 'RUNNING', 'BOOKED', 'UNDOING'],
])('the timeline of a leg that is %s', (_what, ...states) => {
  const begins = states.flatMap((state, index) =>
    state === 'RUNNING' || state === 'UNDOING' ? [{ state, since: at(index + 1) }] : [],
  );
  const attempts = ofCar(
    ...begins.flatMap(({ state, since }) =>
      [0, 9, 1].map((second, index) =>
        failed({
          action: state === 'RUNNING' ? 'reserve' : 'release',
          since,
          attempt: index + 1,
          at: at(second),
        }),
      ),
    ),
  );
  const booking = record(...states.map((state) => ({ state, attempts: 4 })));
  const timeline = timelineOf(booking, attempts);

  test('ends in the leg’s state', () => {
    const [car] = withAttempts(booking, attempts).facts.legs;
    expect(timeline.at(-1)?.state).toBe(car?.state);
  });

  test('has the saga’s events in the saga’s order, which is chronological', () => {
    expect(
      timeline.filter(({ state }) => state !== 'RETRYING').filter(({ attempt }) => attempt === 4),
    ).toEqual(booking.facts.events);
    expect(timeline.map((event) => event.at)).toEqual(timeline.map((event) => event.at).sort());
  });

  test('has no attempt to reserve after the start of the undo, and none to undo before it', () => {
    const undo = timeline.findIndex(({ state, attempt }) => state === 'UNDOING' && attempt === 4);
    const retries = timeline.flatMap(({ state }, index) => (state === 'RETRYING' ? [index] : []));
    const undos = timeline.flatMap(({ state, attempt }, index) =>
      state === 'UNDOING' && attempt !== 4 ? [index] : [],
    );
    if (undo >= 0) expect(Math.max(...retries)).toBeLessThan(undo);
    expect(undos.every((index) => index > undo)).toBe(true);
    expect(retries).toHaveLength(3);
    expect(undos).toHaveLength(3 * (begins.length - 1));
  });
});
