import * as fc from 'fast-check';
import type { DrawnTrip } from './draw.js';
import { liveThrough } from './live-through.js';
import type { TripRoom } from './trip-room.js';

export interface TripRun {
  readonly trips: fc.Arbitrary<DrawnTrip>;
  /** One per lane. Trips mostly wait, so the lanes run at the same time. */
  readonly seeds: readonly number[];
  /** Trips per lane. */
  readonly runs: number;
  /** Milliseconds after which no more trips are drawn, and shrinking ends with the smallest found by then. */
  readonly limitMs: number;
  /** Ends all lanes at the first violation, without shrinking. */
  readonly endOnFailure?: boolean;
}

/** @throws the first lane's failure, with the seed, the smallest trip and its calls */
export async function runTrips(tripRoom: TripRoom, options: TripRun): Promise<void> {
  const { trips, seeds, runs, limitMs, endOnFailure = false } = options;
  let hasFailed = false;
  const property = fc.asyncProperty(trips, async (drawn) => {
    if (endOnFailure && hasFailed) return;
    const made = await tripRoom.book(drawn);
    const violations = await liveThrough(tripRoom.room, made);
    if (violations.length === 0) return;
    hasFailed = true;
    const calls = made.world.calls.map(({ action, reservationKey, fault, end }) => {
      const [, key] = reservationKey.split('/');
      return `${action} ${key}: ${fault}, ${end}`;
    });
    throw new Error([...violations, '', ...calls].join('\n'));
  });
  const lanes = await Promise.allSettled(
    seeds.map((seed) =>
      fc.assert(property, { seed, numRuns: runs, interruptAfterTimeLimit: limitMs, endOnFailure }),
    ),
  );
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
}
