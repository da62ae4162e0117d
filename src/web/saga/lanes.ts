import { legName } from '../look/words.js';
import {
  isTry,
  momentsOf,
  type Column,
  type DrawnBooking,
  type DrawnEvent,
  type DrawnLeg,
  type Turn,
} from './moments.js';

export interface Lane extends Pick<DrawnLeg, 'id' | 'kind' | 'state' | 'stage'> {
  readonly name: string;
  /** The lanes that have to end before this one begins. */
  readonly waitsFor: readonly string[];
}

/**
 * What a bar ended in. `running` bars have not ended: they reach to now.
 * - wait: `started`, `skipped`
 * - reserve: `booked`, `refused`, `stopped`, `doubt`
 * - undo: `released`, `nothing-held`, `stuck`
 * - held, and perhaps held: `released`; `doubt` if nobody knows any more
 */
export type Outcome =
  | 'running'
  | 'started'
  | 'skipped'
  | 'booked'
  | 'refused'
  | 'stopped'
  | 'doubt'
  | 'released'
  | 'nothing-held'
  | 'stuck';

/** From its first failed attempt to its end, a step was out of order. */
export interface Outage {
  readonly column: number;
  /** When within the column; milliseconds. */
  readonly from: number;
  readonly tries: number;
  readonly message?: string | undefined;
}

export interface Bar {
  readonly lane: number;
  readonly what: 'wait' | 'reserve' | 'held' | 'perhaps' | 'undo';
  readonly from: number;
  readonly to: number;
  readonly outcome: Outcome;
  readonly outage?: Outage;
  /** Why it was begun, if that isn't obvious. */
  readonly note?: string;
}

export interface Mark {
  readonly lane: number;
  readonly column: number;
  readonly at: number;
  readonly what:
    | 'try'
    | 'booked'
    | 'refused'
    | 'stopped'
    | 'doubt'
    | 'released'
    | 'nothing-held'
    | 'settled'
    | 'stuck'
    | 'skipped'
    | 'left-out';
  readonly attempt?: number | undefined;
  readonly message?: string | undefined;
  /** Whether the attempt was one to undo. */
  readonly undo?: boolean;
}

/** One leg began because another had ended: the last one that it waited for. */
export interface Wait {
  readonly from: { readonly lane: number; readonly column: number };
  readonly to: { readonly lane: number; readonly column: number };
  readonly back: boolean;
}

/** The saga as a drawing without measures: lanes from top to bottom, columns from left to right. */
export interface SagaLanes {
  readonly lanes: readonly Lane[];
  readonly columns: readonly Column[];
  readonly bars: readonly Bar[];
  readonly marks: readonly Mark[];
  readonly waits: readonly Wait[];
  readonly turn?: Turn;
}

/** Whatever has not ended reaches to `now`, in milliseconds. */
export function lanesOf(booking: DrawnBooking, now: number): SagaLanes {
  const { legs, done } = booking;
  const { columns, turn } = momentsOf(booking);
  const doubts = parkingsOf(booking);
  const stages = [...new Set(legs.map(({ stage }) => stage))].sort((a, b) => a - b);
  const lanes = legs.map((leg): Lane => {
    const before = stages[stages.indexOf(leg.stage) - 1];
    const waitsFor = legs.filter(({ stage }) => stage === before).map((other) => legName(legs, other));
    return {
      id: leg.id,
      kind: leg.kind,
      state: leg.state,
      stage: leg.stage,
      name: legName(legs, leg),
      waitsFor,
    };
  });
  const pens = lanes.map((_, lane) => createPen(lane));
  const waits: Wait[] = [];

  columns.forEach(({ events }, column) => {
    for (const event of events) {
      const lane = legs.findIndex(({ id }) => id === event.legId);
      const pen = pens[lane];
      if (!pen) continue;
      const waited = pen.has('wait') || pen.has('perhaps');
      if (event.state === 'RUNNING' && waited) connect(lane, column, false);
      if (event.state === 'UNDOING' && !isTry(event) && !pen.wasStuck()) connect(lane, column, true);
      if (event.state === 'FAILED' && doubts.has(event.at)) lose(pen, event, column);
      else draw(pen, event, column, isRefusal(booking, event));
    }
  });

  const unfinished = pens.some((pen) => pen.isOpen());
  const last = columns.at(-1)!.to;
  const end: Column[] = done
    ? unfinished
      ? [{ what: 'end', from: last, to: last, events: [] }]
      : []
    : [{ what: 'now', from: Math.max(now, last), to: Math.max(now, last), events: [] }];
  const all = [...columns, ...end];
  return {
    lanes,
    columns: all,
    bars: pens.flatMap((pen) => pen.barsUntil(all.length - 1)),
    marks: pens.flatMap((pen) => pen.marks()),
    waits,
    ...(turn && { turn }),
  };

  /** Joins the beginning of a leg with the end of the last leg that it waited for, forwards or on the way back. */
  function connect(lane: number, column: number, back: boolean): void {
    // What is undone before the turn is a choice that was given up.
    if (back && (!turn || column < turn.column)) return;
    const place = stages.indexOf(legs[lane]!.stage);
    const before = legs.flatMap(({ stage }, other) => {
      const isBefore = back ? stages.indexOf(stage) > place : stages.indexOf(stage) === place - 1;
      const ended = isBefore ? pens[other]!.ended(back) : undefined;
      return ended === undefined ? [] : [{ lane: other, column: ended }];
    });
    const from = before.reduce<Wait['from'] | undefined>(
      (latest, one) => (!latest || one.column >= latest.column ? one : latest),
      undefined,
    );
    if (from) waits.push({ from, to: { lane, column }, back });
  }
}

/**
 * The moments at which a booking was parked, because its run had been stopped from outside: then every leg fails at once, those
 * too that nobody was trying to book.
 */
function parkingsOf({ timeline, failure }: DrawnBooking): Set<string> {
  const running = new Set<string>();
  const found = new Set<string>();
  for (const { legId, state, at, attempt } of timeline) {
    if (legId == null) continue;
    if (state === 'FAILED' && attempt == null && !running.has(legId)) found.add(at);
    if (state === 'RUNNING' || state === 'RETRYING') running.add(legId);
    else running.delete(legId);
  }
  const last = timeline.findLast(({ state }) => state === 'FAILED');
  if (failure?.code === 'TERMINATED' && last && last.attempt == null) found.add(last.at);
  return found;
}

/** Whether a failure is a supplier's: a leg also fails when it is stopped because of something else. */
function isRefusal({ legs, failure }: DrawnBooking, { legId, attempt, message }: DrawnEvent): boolean {
  if (attempt != null) return true;
  const reasons = [
    ...(legs.find(({ id }) => id === legId)?.tried ?? []),
    ...(failure?.legId === legId ? [failure] : []),
  ];
  return reasons.some((reason) => reason?.message === message);
}

/** Draws one lane, from left to right. */
interface Pen {
  start(what: Bar['what'], column: number, note?: string | null): void;
  /** Does nothing if there is no such bar. */
  stop(what: Bar['what'], column: number, outcome: Outcome): void;
  has(what: Bar['what']): boolean;
  fail(event: DrawnEvent, column: number): void;
  mark(what: Mark['what'], event: DrawnEvent, column: number): void;
  wasStuck(): boolean;
  isOpen(): boolean;
  /** The column in which the latest call ended well or was given up: of the way forward, or of the way back. */
  ended(back: boolean): number | undefined;
  barsUntil(column: number): readonly Bar[];
  marks(): readonly Mark[];
}

function createPen(lane: number): Pen {
  type Open = Omit<Bar, 'outcome' | 'to'>;
  const open = new Map<Bar['what'], Open>([['wait', { lane, what: 'wait', from: 0 }]]);
  const bars: Bar[] = [];
  const marks: Mark[] = [];
  const callUnderWay = () => open.get('reserve') ?? open.get('undo');
  return {
    start: (what, from, note) => open.set(what, { lane, what, from, ...(note && { note }) }),
    stop(what, to, outcome) {
      const bar = open.get(what);
      if (bar) bars.push({ ...bar, to, outcome });
      open.delete(what);
    },
    has: (what) => open.has(what),
    fail({ at, attempt, message, state }, column) {
      const time = Date.parse(at);
      marks.push({
        lane,
        column,
        at: time,
        what: 'try',
        attempt: attempt ?? undefined,
        message: message ?? undefined,
        undo: state === 'UNDOING',
      });
      const bar = callUnderWay();
      if (!bar) return;
      // Of many attempts only the latest are kept, so the first one that is known may not be the first there was.
      const since = attempt != null && attempt > 1 ? { column: bar.from, from: 0 } : { column, from: time };
      const { column: first, from } = bar.outage ?? since;
      const tries = Math.max(attempt ?? 0, (bar.outage?.tries ?? 0) + 1);
      open.set(bar.what, { ...bar, outage: { column: first, from, tries, message: message ?? undefined } });
    },
    mark(what, { at, attempt, message }, column) {
      marks.push({
        lane,
        column,
        at: Date.parse(at),
        what,
        attempt: attempt ?? undefined,
        message: message ?? undefined,
      });
    },
    wasStuck: () => marks.some(({ what }) => what === 'stuck'),
    isOpen: () => open.size > 0,
    ended: (back) =>
      marks.findLast(({ what }) =>
        back
          ? what === 'released' || what === 'nothing-held' || what === 'stuck'
          : what === 'booked' || what === 'left-out',
      )?.column,
    barsUntil: (to) => [
      ...bars,
      ...[...open.values()].map((bar): Bar => ({ ...bar, to, outcome: 'running' })),
    ],
    marks: () => marks,
  };
}

/** Draws what an event changes in its leg's lane. */
function draw(pen: Pen, event: DrawnEvent, column: number, isRefused: boolean): void {
  if (isTry(event)) {
    // Of a step whose start is no longer known.
    const what = event.state === 'RETRYING' ? 'reserve' : 'undo';
    if (!pen.has(what)) pen.start(what, column);
    pen.stop('wait', column, 'started');
    return pen.fail(event, column);
  }
  switch (event.state) {
    case 'RUNNING':
      pen.stop('wait', column, 'started');
      // The release of an earlier choice isn't reported when it has worked.
      pen.stop('undo', column, 'nothing-held');
      pen.stop('reserve', column, 'stopped');
      pen.stop('perhaps', column, 'doubt');
      return pen.start('reserve', column, event.message);
    case 'BOOKED':
      pen.stop('wait', column, 'started');
      pen.stop('reserve', column, 'booked');
      pen.start('held', column);
      return pen.mark('booked', event, column);
    case 'FAILED':
      return fail(pen, event, column, isRefused ? 'refused' : 'stopped');
    case 'UNDOING':
      pen.stop('wait', column, 'started');
      return pen.start('undo', column, event.message);
    case 'UNDONE':
      return undone(pen, event, column);
    case 'UNDO_FAILED':
      pen.stop('undo', column, 'stuck');
      return pen.mark('stuck', event, column);
    case 'SKIPPED':
      pen.stop('wait', column, 'skipped');
      return pen.mark('skipped', event, column);
    case 'LEFT_OUT':
      pen.stop('wait', column, 'skipped');
      pen.stop('undo', column, 'nothing-held');
      return pen.mark('left-out', event, column);
    case 'PENDING':
    case 'RETRYING':
  }
}

/** The run that knew was stopped: from here on, anything may be held. */
function lose(pen: Pen, event: DrawnEvent, column: number): void {
  pen.stop('wait', column, 'started');
  pen.stop('reserve', column, 'doubt');
  pen.stop('held', column, 'doubt');
  pen.start('perhaps', column);
  pen.mark('doubt', event, column);
}

function fail(pen: Pen, event: DrawnEvent, column: number, what: 'refused' | 'stopped'): void {
  pen.stop('wait', column, 'started');
  pen.stop('reserve', column, what);
  pen.mark(what, event, column);
}

function undone(pen: Pen, event: DrawnEvent, column: number): void {
  const outcome = pen.has('held') ? 'released' : 'nothing-held';
  const byHand = !pen.has('undo');
  pen.stop('wait', column, 'skipped');
  pen.stop('undo', column, outcome);
  pen.stop('held', column, 'released');
  pen.stop('perhaps', column, 'released');
  pen.mark(byHand ? 'settled' : outcome, event, column);
}
