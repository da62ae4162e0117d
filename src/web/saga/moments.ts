import type { WholeBookingFragment } from '../../client/generated.js';

export type DrawnBooking = Pick<
  WholeBookingFragment,
  'legs' | 'timeline' | 'status' | 'done' | 'failure' | 'cancellation' | 'createdAt'
>;
export type DrawnLeg = DrawnBooking['legs'][number];
export type DrawnEvent = DrawnBooking['timeline'][number];

/** A moment that gets a place of its own in the drawing. Times are milliseconds, and never go back. */
export interface Column {
  readonly what: 'accepted' | 'event' | 'tries' | 'turn' | 'now' | 'end';
  readonly from: number;
  readonly to: number;
  /** The events that are drawn there: at most one per leg, except for failed attempts. */
  readonly events: readonly DrawnEvent[];
}

export interface Turn {
  readonly column: number;
  readonly what: 'refusal' | 'call-off' | 'deadline' | 'other';
  readonly legId?: string | undefined;
  readonly message?: string | undefined;
}

export interface Moments {
  readonly columns: readonly Column[];
  /** Where the trip begins to be undone. */
  readonly turn?: Turn;
}

/** A failed attempt: a start of an undo has no attempt. */
export const isTry = ({ state, attempt }: DrawnEvent): boolean =>
  state === 'RETRYING' || (state === 'UNDOING' && attempt != null);

/**
 * The moments of a booking, in order. What happened at the same time to different legs is one moment, and so are failed
 * attempts with nothing else between them, however many: otherwise an outage would push everything else out of sight.
 */
export function momentsOf(booking: DrawnBooking): Moments {
  const { timeline, createdAt, cancellation } = booking;
  const turning = turningOf(booking);
  const columns: Column[] = [];
  const add = (what: Column['what'], at: string, event?: DrawnEvent) => {
    const time = Math.max(Date.parse(at), columns.at(-1)?.to ?? 0);
    columns.push({ what, from: time, to: time, events: event ? [event] : [] });
  };
  let turn: Turn | undefined;
  const turnHere = () => {
    if (turning) turn = { ...turning.turn, column: columns.length - 1 };
  };

  add('accepted', createdAt);
  timeline.forEach((event, index) => {
    if (turning?.own && turning.index === index) {
      add('turn', cancellation?.at ?? event.at);
      turnHere();
    }
    const last = columns.at(-1);
    if (last && joins(last, event)) {
      const to = Math.max(Date.parse(event.at), last.to);
      columns[columns.length - 1] = { ...last, to, events: [...last.events, event] };
    } else add(isTry(event) ? 'tries' : 'event', event.at, event);
    if (turning && !turning.own && turning.index === index) turnHere();
  });
  if (turning && !turn) {
    const at = cancellation?.at ?? timeline.at(-1)?.at ?? createdAt;
    add('turn', at);
    turnHere();
  }
  return { columns, ...(turn && { turn }) };
}

function joins({ what, from, events }: Column, event: DrawnEvent): boolean {
  if (what === 'tries') return isTry(event);
  if (what !== 'event' || isTry(event)) return false;
  return Date.parse(event.at) <= from && !events.some(({ legId }) => legId === event.legId);
}

interface Turning {
  readonly turn: Omit<Turn, 'column'>;
  /** Index of the event at or before which the trip turns. */
  readonly index: number;
  /** Whether the turn is a moment of its own, before that event. */
  readonly own: boolean;
}

/** Where and why the trip turns, if it does. A booking that was stopped from outside waits; it doesn't turn. */
function turningOf({ timeline, status, failure, cancellation }: DrawnBooking): Turning | undefined {
  const turns =
    status === 'ROLLING_BACK' ||
    status === 'CANCELLED' ||
    cancellation != null ||
    (failure != null && failure.code !== 'TERMINATED');
  if (!turns) return undefined;

  // What was done forwards is never done after the turn, so the first event after it is the first of the way back.
  const back =
    timeline.findLastIndex(
      (event) => event.state === 'RUNNING' || event.state === 'BOOKED' || event.state === 'LEFT_OUT',
    ) + 1;
  if (cancellation && (!failure || failure.code === 'CANCELLED' || failure.code === 'TERMINATED')) {
    const later = timeline.findIndex(({ at }) => at > cancellation.at);
    const undone = timeline.findIndex(({ state }, index) => index >= back && isUndoOrSkip(state));
    const index = earliest(later, undone) ?? timeline.length;
    return { turn: { what: 'call-off', message: cancellation.reason ?? undefined }, index, own: true };
  }
  const message = failure?.message;
  const refused = failure?.legId
    ? timeline.findLastIndex(({ legId, state }) => legId === failure.legId && state === 'FAILED')
    : -1;
  if (failure?.legId && refused >= 0) {
    return { turn: { what: 'refusal', legId: failure.legId, message }, index: refused, own: false };
  }
  const what = failure?.code === 'DEADLINE_EXCEEDED' ? 'deadline' : 'other';
  const ended = timeline.findIndex(
    ({ state }, index) => index >= back && (state === 'FAILED' || isUndoOrSkip(state)),
  );
  return { turn: { what, message }, index: ended < 0 ? timeline.length : ended, own: ended < 0 };
}

const isUndoOrSkip = (state: DrawnEvent['state']) =>
  state === 'UNDOING' || state === 'UNDONE' || state === 'SKIPPED';

/** The smaller of two indexes of which -1 says that there is none. */
function earliest(one: number, other: number): number | undefined {
  const found = [one, other].filter((index) => index >= 0);
  return found.length > 0 ? Math.min(...found) : undefined;
}
