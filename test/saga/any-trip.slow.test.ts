import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { editedBundle } from '../support/planted-bundle.js';
import { drawnTrip, undisturbedTrip } from './trip-model/draw.js';
import { runTrips } from './trip-model/run-trips.js';
import { openTripRoom, type TripRoom } from './trip-model/trip-room.js';

/** The same trips in every run. Others: `FC_SEED=<a number> FC_RUNS=100 npx vitest run test/saga/any-trip.slow.test.ts`. */
const seed = Number(process.env['FC_SEED'] ?? 1);
const seeds = Array.from({ length: 16 }, (_, lane) => seed + lane);

describe('whatever is booked and whatever happens to it', () => {
  /** Trips per lane. */
  const runs = Number(process.env['FC_RUNS'] ?? 6);
  let room: TripRoom;
  beforeAll(async () => {
    room = await openTripRoom();
  });
  afterAll(() => room.close());

  // Usually a trip takes two seconds, because some of them wait for a retry.
  const limitMs = runs * 10_000;
  test('laws 1 to 13 hold', { timeout: limitMs + 200_000 }, () =>
    runTrips(room, { trips: drawnTrip, seeds, runs, limitMs }),
  );
});

describe('a saga without', () => {
  test.each([
    {
      safeguard: 'arming a leg before it is tried',
      module: 'saga/book-vacation.workflow.ts',
      passage:
        'booking.arm(id); // law 1: before the leg is tried\n      return bookLeg(booking, id, forward);',
      instead: 'return bookLeg(booking, id, forward).then(() => booking.arm(id));',
      breaks: 'CANCELLED while',
    },
    {
      safeguard: 'undoing in reverse',
      module: 'saga/roll-back.ts',
      passage: 'stagesOf(open).at(-1)',
      instead: 'stagesOf(open).at(0)',
      breaks: 'law 2: released before',
    },
    {
      safeguard: 'recording that a choice is given up',
      module: 'saga/book-leg.ts',
      passage: "await booking.write('BOOKING', 'besides');",
      instead: '',
      breaks: 'law 13: choice 1 is tried while the record says 0',
    },
  ])('$safeguard is found', { timeout: 300_000 }, async ({ module, passage, instead, breaks }) => {
    const room = await openTripRoom(await editedBundle(module, [passage, instead]));
    onTestFinished(() => room.close());
    const run = { trips: undisturbedTrip, seeds, runs: 30, limitMs: 200_000, endOnFailure: true };
    await expect(runTrips(room, run)).rejects.toMatchObject({
      cause: { message: expect.stringContaining(breaks) as string },
    });
  });
});
