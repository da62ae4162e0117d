import { describe, expect, test } from 'vitest';
import type { LegKind, StepState } from '../../src/client/generated.js';
import { lanesOf, type SagaLanes } from '../../src/web/saga/lanes.js';
import type { DrawnBooking, DrawnEvent, DrawnLeg } from '../../src/web/saga/moments.js';
import { placesOf } from '../../src/web/saga/places.js';
import { length, storyOf } from '../../src/web/saga/wording.js';

/** What the page draws of a booking, without its measures. */

const START = Date.parse('2026-11-25T10:00:00.000Z');
const at = (second: number) => new Date(START + second * 1000).toISOString();

/** An event as `<second> <leg> <state> <attempt>`, with a message if there is one. */
function event(line: string, message?: string): DrawnEvent {
  const [second = '', legId = '', state = '', attempt] = line.split(' ');
  return {
    at: at(Number(second)),
    legId,
    state: state as StepState,
    attempt: attempt === undefined ? null : Number(attempt),
    message: message ?? null,
  };
}

function leg(id: string, stage: number, more: Partial<DrawnLeg> = {}): DrawnLeg {
  const kind = id.replace(/-\d+$/, '').toUpperCase() as LegKind;
  return {
    id,
    kind,
    stage,
    offerId: 'x',
    alternatives: [],
    quantity: 1,
    required: true,
    state: 'PENDING',
    attempts: 0,
    earlierFailures: 0,
    tried: [],
    ...more,
  };
}

const TRIP = [leg('car', 1), leg('hotel', 2), leg('flight', 3)];

/** A booking with these events; each leg is in the state of its last event. */
function booking(lines: readonly (string | DrawnEvent)[], more: Partial<DrawnBooking> = {}): DrawnBooking {
  const timeline = lines.map((line) => (typeof line === 'string' ? event(line) : line));
  const legs = (more.legs ?? TRIP).map((one) => ({
    ...one,
    state: timeline.findLast(({ legId }) => legId === one.id)?.state ?? one.state,
  }));
  return { status: 'BOOKING', done: false, createdAt: at(0), timeline, ...more, legs };
}

const draw = (lines: readonly (string | DrawnEvent)[], more: Partial<DrawnBooking> = {}, now = 100) =>
  lanesOf(booking(lines, more), START + now * 1000);

/** `<what> <from>-<to> <outcome>` of each bar in a lane, by time. */
const barsIn = ({ bars }: SagaLanes, lane: number) =>
  bars
    .filter((bar) => bar.lane === lane)
    .map(({ what, from, to, outcome }) => `${what} ${from}-${to} ${outcome}`);
const marksIn = ({ marks }: SagaLanes, lane: number) =>
  marks.filter((mark) => mark.lane === lane).map(({ what, column }) => `${what} ${column}`);
const kindsOf = ({ columns }: SagaLanes) => columns.map(({ what }) => what);

const BOOKED_CAR = ['1 car RUNNING', '2 car BOOKED 1', '2 hotel RUNNING'];
const REFUSED = { failure: { code: 'SUPPLIER_REFUSED', legId: 'hotel', message: 'Invalid' } } as const;
const ROLLED_BACK = [
  ...BOOKED_CAR,
  '4 hotel FAILED 1',
  '5 flight SKIPPED',
  '5 hotel UNDOING',
  '6 hotel UNDONE 1',
  '6 car UNDOING',
  '8 car UNDONE 1',
];

describe('the columns', () => {
  test('are the trip’s acceptance, each moment at which something happened, and now', () => {
    const drawing = draw(BOOKED_CAR);
    expect(drawing.columns.map(({ what, from }) => `${what} ${(from - START) / 1000}`)).toEqual([
      'accepted 0',
      'event 1',
      'event 2',
      'now 100',
    ]);
  });

  test('have one place for failed attempts with nothing else between them', () => {
    const drawing = draw([...BOOKED_CAR, '3 hotel RETRYING 1', '5 hotel RETRYING 2', '9 hotel RETRYING 3']);
    expect(kindsOf(drawing)).toEqual(['accepted', 'event', 'event', 'tries', 'now']);
    expect(drawing.marks.filter(({ what }) => what === 'try')).toHaveLength(3);
  });

  test('keep two events of one leg apart that happened at the same time', () => {
    const drawing = draw(['1 car RUNNING', '1 car BOOKED 1']);
    expect(barsIn(drawing, 0)).toEqual(['wait 0-1 started', 'reserve 1-2 booked', 'held 2-3 running']);
  });

  test('never go back in time, whatever the clocks say', () => {
    const times = draw(['-1 car RUNNING', '2 car BOOKED 1'], {}, 1).columns.map(({ from }) => from);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('end where nothing is left to show once the booking is done', () => {
    expect(kindsOf(draw(ROLLED_BACK, { ...REFUSED, status: 'CANCELLED', done: true })).at(-1)).toBe('event');
    const confirmed = { status: 'CONFIRMED', done: true, legs: [leg('car', 1)] } as const;
    const drawing = draw(['1 car RUNNING', '2 car BOOKED 1'], { ...confirmed, legs: [...confirmed.legs] });
    expect(kindsOf(drawing).at(-1)).toBe('end');
    expect(barsIn(drawing, 0).at(-1)).toBe('held 2-3 running');
  });
});

describe('a leg', () => {
  test('that nobody has picked up yet waits until now', () => {
    const drawing = draw([], { status: 'PENDING' });
    expect(barsIn(drawing, 0)).toEqual(['wait 0-1 running']);
    expect(drawing.lanes.map(({ waitsFor }) => waitsFor)).toEqual([[], ['Car'], ['Hotel']]);
  });

  test('is held from when it is booked', () => {
    const drawing = draw(BOOKED_CAR);
    expect(barsIn(drawing, 0)).toEqual(['wait 0-1 started', 'reserve 1-2 booked', 'held 2-3 running']);
    expect(marksIn(drawing, 0)).toEqual(['booked 2']);
  });

  test('starts where the leg that it waited for ended', () => {
    const { waits } = draw(BOOKED_CAR);
    expect(waits).toEqual([{ from: { lane: 0, column: 2 }, to: { lane: 1, column: 2 }, back: false }]);
  });

  test('waits for the last one of the stage before', () => {
    const legs = [leg('car', 1), leg('hotel', 1), leg('flight', 2)];
    const lines = [
      '1 car RUNNING',
      '1 hotel RUNNING',
      '2 hotel BOOKED 1',
      '3 car BOOKED 1',
      '3 flight RUNNING',
    ];
    const { waits, lanes } = draw(lines, { legs });
    expect(lanes[2]!.waitsFor).toEqual(['Car', 'Hotel']);
    expect(waits).toEqual([{ from: { lane: 0, column: 3 }, to: { lane: 2, column: 3 }, back: false }]);
  });

  test('is out of order from its first failed attempt until it is booked', () => {
    const drawing = draw([...BOOKED_CAR, '3 hotel RETRYING 1', '5 hotel RETRYING 2', '9 hotel BOOKED 3']);
    const reserve = drawing.bars.find(({ lane, what }) => lane === 1 && what === 'reserve');
    expect(reserve).toMatchObject({
      from: 2,
      to: 4,
      outcome: 'booked',
      outage: { column: 3, from: START + 3000, tries: 2 },
    });
  });

  test('was out of order from its start if its first attempts are no longer known', () => {
    const drawing = draw([...BOOKED_CAR, '90 hotel RETRYING 61', '95 hotel RETRYING 62']);
    const reserve = drawing.bars.find(({ lane, what }) => lane === 1 && what === 'reserve');
    expect(reserve).toMatchObject({ outage: { column: 2, tries: 62 } });
  });

  test('whose start is no longer known begins where it is first heard of', () => {
    expect(barsIn(draw(['50 car RETRYING 1', '60 car BOOKED 2']), 0)).toEqual([
      'wait 0-1 started',
      'reserve 1-2 booked',
      'held 2-3 running',
    ]);
  });

  test('is tried with another choice, and may be left out', () => {
    const legs = [leg('hotel', 1), leg('excursion', 2, { tried: [] })];
    const drawing = draw(
      [
        '1 hotel RUNNING',
        '2 hotel FAILED 1',
        '3 hotel UNDOING',
        '4 hotel RUNNING',
        '5 hotel BOOKED 1',
        '5 excursion RUNNING',
        '6 excursion FAILED 1',
        '7 excursion LEFT_OUT',
      ],
      { legs },
    );
    expect(barsIn(drawing, 0)).toEqual([
      'wait 0-1 started',
      'reserve 1-2 refused',
      'undo 3-4 nothing-held',
      'reserve 4-5 booked',
      'held 5-8 running',
    ]);
    expect(marksIn(drawing, 1)).toEqual(['refused 6', 'left-out 7']);
    expect(drawing.turn).toBeUndefined();
    expect(drawing.waits).toHaveLength(1);
  });

  test('that failed without an attempt is refused if that is known as a supplier’s reason, and stopped otherwise', () => {
    const tried = [{ offerId: 'x', code: 'SUPPLIER_OUTCOME_UNKNOWN', message: 'No answer' } as const];
    const legs = [leg('car', 1, { tried }), leg('hotel', 1)];
    const drawing = draw(
      [
        '1 car RUNNING',
        '1 hotel RUNNING',
        event('2 car FAILED', 'No answer'),
        event('3 hotel FAILED', 'Stopped because the trip was cancelled.'),
      ],
      { legs },
    );
    expect(marksIn(drawing, 0)).toEqual(['refused 2']);
    expect(marksIn(drawing, 1)).toEqual(['stopped 3']);
  });
});

describe('a trip that is undone', () => {
  const drawing = draw(ROLLED_BACK, { ...REFUSED, status: 'CANCELLED', done: true });

  test('turns where the leg was refused, with the reason', () => {
    expect(drawing.turn).toEqual({ what: 'refusal', legId: 'hotel', message: 'Invalid', column: 3 });
  });

  test('shows what was held until its undo took it back', () => {
    expect(barsIn(drawing, 0)).toEqual([
      'wait 0-1 started',
      'reserve 1-2 booked',
      'undo 5-6 released',
      'held 2-6 released',
    ]);
    expect(marksIn(drawing, 0)).toEqual(['booked 2', 'released 6']);
  });

  test('shows that nothing was held of a leg that was never booked', () => {
    expect(barsIn(drawing, 1)).toEqual(['wait 0-2 started', 'reserve 2-3 refused', 'undo 4-5 nothing-held']);
    expect(storyOf(drawing).join('\n')).toContain('The hotel is undone: made sure that nothing is held.');
  });

  test('shows which legs were never started', () => {
    expect(barsIn(drawing, 2)).toEqual(['wait 0-4 skipped']);
    expect(marksIn(drawing, 2)).toEqual(['skipped 4']);
  });

  test('is undone in reverse: an earlier stage waits for the later one', () => {
    expect(drawing.waits.filter(({ back }) => back)).toEqual([
      { from: { lane: 1, column: 5 }, to: { lane: 0, column: 5 }, back: true },
    ]);
  });

  test('turns at the call-off, a moment of its own', () => {
    const cancellation = { by: 'Ada', reason: 'ill', at: at(3) };
    const called = draw([...BOOKED_CAR, '4 hotel FAILED', '5 hotel UNDOING'], {
      status: 'ROLLING_BACK',
      cancellation,
    });
    expect(called.turn).toEqual({ what: 'call-off', message: 'ill', column: 3 });
    expect(kindsOf(called)[3]).toBe('turn');
  });

  test('turns at once, when nothing has been undone yet', () => {
    const cancellation = { by: 'Ada', at: at(30) };
    const called = draw(BOOKED_CAR, { status: 'ROLLING_BACK', cancellation });
    expect(kindsOf(called)).toEqual(['accepted', 'event', 'event', 'turn', 'now']);
    expect(called.turn).toMatchObject({ what: 'call-off', column: 3 });
  });

  test('turns before the first undo, even if the clock of the call-off is ahead', () => {
    const cancellation = { by: 'Ada', at: at(50) };
    const called = draw([...BOOKED_CAR, '4 hotel UNDOING'], { status: 'ROLLING_BACK', cancellation });
    expect(called.turn).toMatchObject({ column: 3 });
  });

  test('turns where its legs were stopped when it ran out of time', () => {
    const failure = { code: 'DEADLINE_EXCEEDED', message: 'Late' } as const;
    const late = draw([...BOOKED_CAR, '9 hotel FAILED', '10 hotel UNDOING'], {
      status: 'ROLLING_BACK',
      failure,
    });
    expect(late.turn).toEqual({ what: 'deadline', message: 'Late', column: 3 });
  });

  test('with an undo that fails is stuck, and what it holds is held until now', () => {
    const stuck = draw([...ROLLED_BACK.slice(0, -1), '7 car UNDOING 1', '8 car UNDO_FAILED 2'], {
      ...REFUSED,
      status: 'NEEDS_ATTENTION',
    });
    expect(barsIn(stuck, 0)).toEqual([
      'wait 0-1 started',
      'reserve 1-2 booked',
      'undo 5-7 stuck',
      'held 2-8 running',
    ]);
    expect(marksIn(stuck, 0)).toEqual(['booked 2', 'try 6', 'stuck 7']);
    expect(stuck.bars.find(({ what, lane }) => what === 'undo' && lane === 0)?.outage?.tries).toBe(1);
  });

  test('can be settled by hand, or undone after another try', () => {
    const lines = [...ROLLED_BACK.slice(0, -1), '8 car UNDO_FAILED 2'];
    const more = { ...REFUSED, status: 'CANCELLED', done: true } as const;
    const settled = draw([...lines, '60 car UNDONE'], more);
    expect(marksIn(settled, 0)).toEqual(['booked 2', 'stuck 6', 'settled 7']);
    expect(barsIn(settled, 0).at(-1)).toBe('held 2-7 released');
    const retried = draw([...lines, '60 car UNDOING', '61 car UNDONE 1'], more);
    expect(barsIn(retried, 0).slice(-2)).toEqual(['undo 7-8 released', 'held 2-8 released']);
    expect(retried.waits.filter(({ back }) => back)).toHaveLength(1);
  });
});

describe('a booking that was stopped from outside', () => {
  const PARKED = [...BOOKED_CAR, '10 car FAILED', '10 hotel FAILED', '10 flight FAILED'];
  const failure = { code: 'TERMINATED', message: 'Stopped' } as const;

  test('may hold anything, and has not turned', () => {
    const drawing = draw(PARKED, { status: 'NEEDS_ATTENTION', failure });
    expect(drawing.turn).toBeUndefined();
    expect([0, 1, 2].map((lane) => barsIn(drawing, lane).at(-1))).toEqual(
      Array<string>(3).fill('perhaps 3-4 running'),
    );
    expect(marksIn(drawing, 1)).toEqual(['doubt 3']);
  });

  test('is booked once more when it is resumed', () => {
    const drawing = draw([...PARKED, '20 car RUNNING', '21 car BOOKED 1', '21 hotel RUNNING']);
    expect(barsIn(drawing, 0)).toEqual([
      'wait 0-1 started',
      'reserve 1-2 booked',
      'held 2-3 doubt',
      'perhaps 3-4 doubt',
      'reserve 4-5 booked',
      'held 5-6 running',
    ]);
    expect(drawing.waits.at(-1)).toEqual({
      from: { lane: 0, column: 5 },
      to: { lane: 1, column: 5 },
      back: false,
    });
  });

  test('is released as a precaution when it is called off', () => {
    const cancellation = { by: 'Ada', at: at(15) };
    const drawing = draw([...PARKED, '16 flight UNDOING', '17 flight UNDONE 1'], {
      status: 'ROLLING_BACK',
      cancellation,
    });
    expect(barsIn(drawing, 2).slice(-2)).toEqual(['undo 5-6 nothing-held', 'perhaps 3-6 released']);
    expect(drawing.turn?.column).toBe(4);
  });
});

test('twenty legs with fifty failed attempts each take one column for the outage, and a place for each attempt', () => {
  const legs = Array.from({ length: 20 }, (_, index) => leg(`hotel-${index}`, 1));
  const starts = legs.map(({ id }) => `1 ${id} RUNNING`);
  const tries = Array.from({ length: 50 }, (_, n) =>
    legs.map(({ id }) => `${n + 2} ${id} RETRYING ${n + 1}`),
  );
  const drawing = draw([...starts, ...tries.flat()], { legs });
  expect(kindsOf(drawing)).toEqual(['accepted', 'event', 'tries', 'now']);
  const places = placesOf(drawing);
  const found = drawing.marks.filter(({ lane }) => lane === 7).map((mark) => places.of(mark));
  expect(new Set(found).size).toBe(50);
  expect(found).toEqual([...found].sort((a, b) => a - b));
  expect(found.at(-1)).toBeLessThanOrEqual(places.finish(2) + 0.001);
  expect(places.width).toBeLessThan(60);
});

test('the story tells in sentences what happened, in order', () => {
  const lines = [...BOOKED_CAR, event('3 hotel RETRYING 1', 'down'), event('5 hotel RETRYING 2', 'down')];
  expect(storyOf(draw(lines)).map((line) => line.replaceAll('\u00A0', ' '))).toEqual([
    'The trip is accepted.',
    'After 1 s: The car is being booked.',
    'After 2 s: The car is booked and held.',
    'After 2 s: The hotel is being booked.',
    'After 3 s: The hotel: tries 1 to 2 failed: down.',
    'Now: The flight waits for the hotel.',
  ]);
});

test.each([
  [0, '0 ms'],
  [52.4, '52 ms'],
  [340, '0.3 s'],
  [999, '1 s'],
  [2140, '2.1 s'],
  [59_900, '1 min'],
  [200_000, '3.3 min'],
  [86_400_000 * 14, '14 d'],
])('%d milliseconds are %s', (ms, text) => {
  expect(length(ms).replace('\u00A0', ' ')).toBe(text);
});
