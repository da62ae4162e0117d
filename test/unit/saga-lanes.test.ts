import { describe, expect, test } from 'vitest';
import type { WholeBookingFragment } from '../../src/client/generated.js';
import { elapsed, planOf } from '../../src/web/saga/lanes.js';
import { aBooking, aLeg } from '../support/shown-bookings.js';

type Event = WholeBookingFragment['timeline'][number];

/** A timeline as `car RUNNING`, `hotel RETRYING 2`: one event each second. */
const events = (...lines: string[]): Event[] =>
  lines.map((line, second) => {
    const [legId = '', state = '', attempt] = line.split(' ');
    return {
      at: new Date(Date.UTC(2027, 0, 1, 0, 0, second)).toISOString(),
      legId,
      state: state as Event['state'],
      ...(attempt !== undefined && { attempt: Number(attempt) }),
    };
  });

const LEGS = [
  aLeg({ id: 'car', kind: 'CAR', stage: 1 }),
  aLeg({ id: 'hotel', kind: 'HOTEL', stage: 2 }),
  aLeg({ id: 'flight', kind: 'FLIGHT', stage: 3 }),
];

const plan = (lines: string[], booking: Partial<WholeBookingFragment> = {}) =>
  planOf(aBooking({ legs: LEGS, timeline: events(...lines), done: true, ...booking }));

const barsOf = (drawing: ReturnType<typeof plan>, lane: number) =>
  drawing.bars.filter((bar) => bar.lane === lane).map(({ kind, from, to }) => `${kind} ${from}-${to}`);
const marksOf = (drawing: ReturnType<typeof plan>) =>
  drawing.marks.map(({ lane, kind, count }) => `${lane} ${kind} ${count}`);

const REFUSED = [
  'car RUNNING',
  'car BOOKED 1',
  'hotel RUNNING',
  'hotel FAILED 1',
  'hotel UNDOING',
  'hotel UNDONE',
  'car UNDOING',
  'car UNDONE',
  'flight SKIPPED',
];

test('each leg has a lane, in the order of the trip', () => {
  expect(plan([]).lanes).toEqual(['Car', 'Hotel', 'Flight']);
});

describe('an undo', () => {
  test('ends what the supplier held', () => {
    const drawing = plan(REFUSED);
    expect(barsOf(drawing, 0)).toEqual(['reserve 0-1', 'undo 6-7', 'held 1-7']);
    expect(drawing.marks.at(-2)).toMatchObject({ lane: 0, kind: 'released', column: 7 });
  });

  test('of a leg that was never booked takes nothing back', () => {
    const drawing = plan(REFUSED);
    expect(barsOf(drawing, 1)).toEqual(['reserve 2-3', 'undo 4-5']);
    expect(marksOf(drawing)).toContain('1 nothing 1');
  });

  test('begins where the saga turns round, for the reason of the trip', () => {
    const failure = { code: 'SUPPLIER_REFUSED', legId: 'hotel', message: 'Invalid hotel' } as const;
    expect(plan(REFUSED, { failure }).turn).toEqual({ column: 4, why: 'Invalid hotel' });
    const cancellation = { by: 'ada', at: '2027-01-01T00:00:00Z' };
    expect(plan(REFUSED, { failure, cancellation }).turn?.why).toBe('Called off');
    expect(plan(['car RUNNING', 'car BOOKED']).turn).toBeUndefined();
  });

  test('that is stuck leaves the leg held, and can be tried again', () => {
    const lines = ['car RUNNING', 'car BOOKED', 'car UNDOING', 'car UNDOING 1', 'car UNDO_FAILED 2'];
    const stuck = plan(lines, { done: false });
    expect(stuck.bars).toContainEqual({ lane: 0, kind: 'held', from: 1, to: 5, open: true });
    expect(marksOf(stuck)).toEqual(['0 booked 1', '0 failed 1', '0 stuck 1']);
    const settled = plan([...lines, 'car UNDOING', 'car UNDONE']);
    expect(barsOf(settled, 0)).toContain('held 1-6');
    expect(barsOf(settled, 0).filter((bar) => bar.startsWith('undo'))).toEqual(['undo 2-4', 'undo 5-6']);
  });
});

describe('attempts', () => {
  test('that fail one after the other are one moment, and an outage until one succeeds', () => {
    const drawing = plan([
      'car RUNNING',
      'car RETRYING 1',
      'car RETRYING 2',
      'car RETRYING 3',
      'car BOOKED 4',
    ]);
    expect(drawing.columns).toHaveLength(3);
    expect(marksOf(drawing)).toEqual(['0 failed 3', '0 booked 1']);
    expect(barsOf(drawing, 0)).toContain('outage 1-2');
  });

  test('of two legs at once are kept apart', () => {
    const drawing = plan([
      'car RUNNING',
      'hotel RUNNING',
      'car RETRYING 1',
      'hotel RETRYING 1',
      'car RETRYING 2',
    ]);
    expect(marksOf(drawing)).toEqual(['0 failed 1', '1 failed 1', '0 failed 1']);
  });

  test('a thousand of them are drawn on as little space as two', () => {
    const many = Array.from({ length: 1000 }, (_, nth) => `car RETRYING ${nth + 1}`);
    expect(plan(['car RUNNING', ...many]).columns).toHaveLength(2);
  });
});

describe('waiting', () => {
  test('a stage waits for the end of the one before, forwards and backwards', () => {
    const waits = plan(REFUSED).waits.map(
      ({ from, to }) => `${to.lane}@${to.column} for ${from.lane}@${from.column}`,
    );
    expect(waits).toEqual(['1@2 for 0@1', '0@6 for 1@5']);
  });

  test('legs of one stage don’t wait for each other', () => {
    const legs = LEGS.map((leg) => ({ ...leg, stage: 1 }));
    const lines = ['car RUNNING', 'car BOOKED', 'hotel RUNNING', 'hotel BOOKED'];
    expect(plan(lines, { legs }).waits).toEqual([]);
  });
});

test('what hasn’t ended reaches to now', () => {
  const drawing = plan(['car RUNNING'], { done: false, asOf: '2027-01-01T01:00:00Z' });
  expect(drawing.columns.at(-1)?.at).toBe('2027-01-01T01:00:00Z');
  expect(drawing.bars).toEqual([{ lane: 0, kind: 'reserve', from: 0, to: 1, open: true }]);
});

test('what was left out, or resumed after its workflow was stopped, is drawn too', () => {
  const drawing = plan([
    'car RUNNING',
    'car RUNNING',
    'car BOOKED',
    'hotel RUNNING',
    'hotel FAILED',
    'hotel LEFT_OUT',
  ]);
  expect(barsOf(drawing, 0)).toEqual(['reserve 0-1', 'reserve 1-2', 'held 2-5']);
  expect(marksOf(drawing)).toContain('1 out 1');
});

test.each([
  [400, '0.4 s'],
  [9990, '10.0 s'],
  [59_000, '59 s'],
  [300_000, '5 min'],
  [36_000_000, '10 h'],
  [-5, '0.0 s'],
])('%i ms are %s', (ms, text) => {
  expect(elapsed('2027-01-01T00:00:00Z', new Date(Date.UTC(2027, 0, 1) + ms).toISOString())).toBe(text);
});
