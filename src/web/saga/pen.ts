import { isTry, type DrawnEvent } from './moments.js';

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

/** Draws one lane, from left to right. */
export interface Pen {
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

export function createPen(lane: number): Pen {
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
export function draw(pen: Pen, event: DrawnEvent, column: number, isRefused: boolean): void {
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
export function lose(pen: Pen, event: DrawnEvent, column: number): void {
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
