import type { WholeBookingFragment } from '../../client/generated.js';
import { legName } from '../look/words.js';

/**
 * A drawing of a saga, without sizes. Time runs in columns, one for each moment at which something happened: what took a
 * millisecond and what took a day are equally easy to see.
 */
export interface SagaDrawingPlan {
  /** The legs' names, from top to bottom as they were ordered. */
  readonly lanes: readonly string[];
  readonly columns: readonly Column[];
  readonly bars: readonly Bar[];
  readonly marks: readonly Mark[];
  readonly waits: readonly Wait[];
  /** Where the saga turns round, and why. */
  readonly turn?: { readonly column: number; readonly why: string };
}

interface Column {
  /** ISO 8601. */
  readonly at: string;
}

/**
 * `reserve` and `undo`: a step, from its first attempt to its end. `held`: the supplier holds the leg. `outage`: attempts
 * fail.
 */
export type BarKind = 'held' | 'reserve' | 'outage' | 'undo';

interface Bar {
  readonly lane: number;
  readonly kind: BarKind;
  readonly from: number;
  readonly to: number;
  /** It goes on. */
  readonly open: boolean;
}

export type MarkKind = 'failed' | 'booked' | 'refused' | 'released' | 'nothing' | 'stuck' | 'out';

interface Mark {
  readonly lane: number;
  readonly column: number;
  readonly kind: MarkKind;
  /** Failed attempts, one after the other without anything between them. */
  readonly count: number;
  readonly text: string;
}

/** One leg starts because another has ended. */
interface Wait {
  readonly from: { readonly lane: number; readonly column: number };
  readonly to: { readonly lane: number; readonly column: number };
}

type Drawn = Pick<
  WholeBookingFragment,
  'legs' | 'timeline' | 'failure' | 'cancellation' | 'done' | 'status' | 'asOf'
>;

export function planOf(booking: Drawn): SagaDrawingPlan {
  const { legs, timeline, done, asOf } = booking;
  const columns: Column[] = [];
  const bars: Bar[] = [];
  const marks: Mark[] = [];
  const waits: Wait[] = [];
  const open = new Map<string, { lane: number; kind: BarKind; from: number }>();
  /** The latest end of a step in each stage. */
  const ends = new Map<number, { lane: number; column: number }>();
  let turn: number | undefined;

  const begin = (lane: number, kind: BarKind, from: number) => {
    const key = `${lane} ${kind}`;
    if (!open.has(key)) open.set(key, { lane, kind, from });
  };
  const end = (lane: number, kind: BarKind, to: number): boolean => {
    const key = `${lane} ${kind}`;
    const bar = open.get(key);
    if (!bar) return false;
    bars.push({ ...bar, to, open: false });
    return open.delete(key);
  };
  const waitFor = (stage: number, lane: number, column: number) => {
    const [latest] = [...ends]
      .filter(([other]) => other !== stage)
      .map(([, at]) => at)
      .sort((a, b) => b.column - a.column);
    if (latest) waits.push({ from: latest, to: { lane, column } });
  };

  let before: Drawn['timeline'][number] | undefined;
  for (const event of timeline) {
    const lane = legs.findIndex(({ id }) => id === event.legId);
    const leg = legs[lane];
    if (!leg) continue;
    const failedAgain =
      isFailedAttempt(event) &&
      before !== undefined &&
      isFailedAttempt(before) &&
      before.legId === event.legId;
    if (failedAgain) {
      const { count, ...mark } = marks.pop()!;
      marks.push({ ...mark, count: count + 1, text: event.message ?? mark.text });
      before = event;
      continue;
    }
    before = event;
    const column = columns.push({ at: event.at }) - 1;
    const mark = (kind: MarkKind, text: string) =>
      marks.push({ lane, column, kind, count: 1, text: event.message ?? text });
    switch (event.state) {
      case 'RUNNING':
        end(lane, 'reserve', column);
        begin(lane, 'reserve', column);
        waitFor(leg.stage, lane, column);
        break;
      case 'RETRYING':
        begin(lane, 'reserve', column);
        begin(lane, 'outage', column);
        mark('failed', 'No answer');
        break;
      case 'BOOKED':
        end(lane, 'outage', column);
        end(lane, 'reserve', column);
        begin(lane, 'held', column);
        ends.set(leg.stage, { lane, column });
        mark('booked', 'Reserved');
        break;
      case 'FAILED':
        end(lane, 'outage', column);
        end(lane, 'reserve', column);
        mark('refused', 'Not to be had');
        break;
      case 'UNDOING':
        if (turn === undefined) {
          turn = column;
          ends.clear();
        }
        if (isFailedAttempt(event)) {
          begin(lane, 'outage', column);
          mark('failed', 'No answer');
        } else {
          waitFor(leg.stage, lane, column);
        }
        begin(lane, 'undo', column);
        break;
      case 'UNDONE': {
        end(lane, 'outage', column);
        end(lane, 'undo', column);
        ends.set(leg.stage, { lane, column });
        const held = end(lane, 'held', column);
        mark(held ? 'released' : 'nothing', held ? 'Released' : 'Made sure that nothing is held');
        break;
      }
      case 'UNDO_FAILED':
        end(lane, 'outage', column);
        end(lane, 'undo', column);
        mark('stuck', 'Not released');
        break;
      case 'LEFT_OUT':
        end(lane, 'outage', column);
        end(lane, 'reserve', column);
        ends.set(leg.stage, { lane, column });
        mark('out', 'Left out');
        break;
      case 'SKIPPED':
        mark('out', 'Never started');
        break;
      case 'PENDING':
        break;
    }
  }

  // What hasn't ended goes on until now: what is held, for ever; the rest, until the booking is done.
  if (!done && columns.length > 0) columns.push({ at: asOf });
  const last = Math.max(columns.length - 1, 0);
  for (const bar of open.values()) bars.push({ ...bar, to: last, open: true });

  const why = booking.cancellation ? 'Called off' : (booking.failure?.message ?? 'Given up');
  return {
    lanes: legs.map((leg) => legName(legs, leg)),
    columns,
    bars,
    marks,
    waits,
    ...(turn !== undefined && { turn: { column: turn, why } }),
  };
}

/** Of an undo, the first event is its start. */
const isFailedAttempt = ({ state, attempt }: Drawn['timeline'][number]): boolean =>
  state === 'RETRYING' || (state === 'UNDOING' && (attempt ?? 0) > 0);

/** Seconds, minutes or hours, as short as they can be read: `0.4 s`, `12 s`, `5 min`. */
export function elapsed(from: string, to: string): string {
  const seconds = Math.max(Date.parse(to) - Date.parse(from), 0) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  return minutes < 120 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`;
}
