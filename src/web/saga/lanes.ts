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
import { createPen, draw, lose, type Bar, type Mark } from './pen.js';

export interface Lane extends Pick<DrawnLeg, 'id' | 'kind' | 'state' | 'stage'> {
  readonly name: string;
  /** The lanes that have to end before this one begins. */
  readonly waitsFor: readonly string[];
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
