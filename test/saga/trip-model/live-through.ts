import { setTimeout as sleep } from 'node:timers/promises';
import { isDone, legsOf, type BookingRecord } from '../../../src/model/booking.js';
import { isParked } from '../../../src/model/decision.js';
import { reservationKey } from '../../../src/model/legs.js';
import { decide } from '../../support/booking-checks.js';
import type { SagaRoom } from '../../support/saga-room.js';
import { expectedEnd } from './expected.js';
import { booksAgree } from './laws.js';
import type { ModelTrip } from './trip-room.js';

const POLL_MS = 20;
/** How long a trip must have been quiet before a call that is held up ends. Only what the draw covers depends on it. */
const HOLD_UP_MS = 150;
/** How long a trip must have been quiet before the watchman nudges it. */
const WATCHMAN_MS = 2000;
const PATIENCE_MS = 150_000;

/**
 * Lives through a trip, as its operator and its watchman, until it has ended and everything late has arrived.
 * @returns what broke a law; empty if nothing did
 */
export async function liveThrough(room: SagaRoom, { trip, world, blows }: ModelTrip): Promise<string[]> {
  const { drawn, books, violations } = world;
  const parked = [...drawn.parked];
  const stuck = [...drawn.stuck];
  const giveUpAt = performance.now() + PATIENCE_MS;

  /** The last decision stands for all further ones. */
  const next = <T>(decisions: T[]) => (decisions.length > 1 ? decisions.shift()! : decisions[0]!);

  async function operate(record: BookingRecord): Promise<void> {
    if (isParked(record)) {
      if (next(parked) === 'resume') await decide(room, trip, { action: 'resume' });
      else await trip.callOff();
      return;
    }
    const leg = legsOf(record).find(({ state }) => state === 'UNDO_FAILED');
    if (!leg || !record.undoing) return;
    if (next(stuck) === 'retry') return void (await decide(room, trip, { action: 'retry', legId: leg.id }));
    for (const [choice, { supplier }] of leg.choices.entries()) {
      if (choice === leg.choice || leg.tried[choice]?.mayBeHeld)
        books.release(supplier, reservationKey(trip.id, leg.id, choice));
    }
    await decide(room, trip, { action: 'settle', legId: leg.id, note: 'phoned' });
  }

  async function untilDone(): Promise<BookingRecord> {
    let nudgedAt = performance.now();
    for (;;) {
      // Reading the database for every trip every few milliseconds would be most of the work.
      const { status } = world.record() ?? {};
      if (status === 'CONFIRMED' || status === 'CANCELLED') {
        const record = await trip.record();
        if (isDone(record) && !(await room.engine.currentRun(trip.id))?.isOpen) return record;
      }
      if (status === 'NEEDS_ATTENTION') await operate(await trip.record());
      const quietMs = world.quietMs();
      if (quietMs > HOLD_UP_MS) world.letGo();
      if (Math.min(quietMs, performance.now() - nudgedAt) > WATCHMAN_MS) {
        await blows.nudge();
        nudgedAt = performance.now();
      }
      if (performance.now() > giveUpAt)
        throw new Error(`The trip doesn't end: ${JSON.stringify(await trip.record())}`);
      await sleep(POLL_MS);
    }
  }

  let end = await untilDone();
  if (drawn.afterwards !== 'nothing') {
    await blows.strike(drawn.afterwards);
    end = await untilDone();
    if (drawn.afterwards === 'call off' && end.status !== 'CANCELLED')
      violations.push(`called off, but ${end.status}`);
  }
  world.isOver();
  while (world.calls.some((call) => call.end === undefined)) await sleep(POLL_MS);
  books.landEverything();
  violations.push(...booksAgree(end, world).map((wrong) => `in the end: ${wrong}`));
  if (drawn.events.length === 0 && drawn.afterwards !== 'call off')
    violations.push(...differences(end, world));
  return violations;
}

/** How an undisturbed trip's end differs from what its faults lead to. */
function differences(end: BookingRecord, { drawn }: ModelTrip['world']): string[] {
  const expected = expectedEnd(drawn);
  if (!expected) return [];
  const legs = legsOf(end);
  const { failure } = end.facts;
  const isRight =
    expected.status === 'CONFIRMED'
      ? end.status === 'CONFIRMED' &&
        !failure &&
        JSON.stringify(expected.legs) ===
          JSON.stringify(legs.map(({ state, tried }) => ({ state, tried: tried.map(({ code }) => code) })))
      : end.status === 'CANCELLED' &&
        expected.failures.some(({ leg, code }) => failure?.legId === legs[leg]!.id && failure.code === code);
  return isRight
    ? []
    : [
        `expected ${JSON.stringify(expected)}, not ${JSON.stringify({ status: end.status, failure, legs: end.facts.legs })}`,
      ];
}
