import { expect, onTestFinished, test } from 'vitest';
import type { DueRecord } from '../../src/database/facts.js';
import { EngineUnavailable } from '../../src/model/service-unavailable.js';
import { startWatchman } from '../../src/worker/watchman.js';
import { anOrder, aRecord } from '../support/trips.js';

/** Rounds over fakes: what happens after a failure, and how long a booking is left alone. */

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

function due(id: string, quietSeconds: number): DueRecord {
  const record = aRecord(anOrder(), {
    id,
    acceptedAt: ago(quietSeconds),
    runId: 'run',
    version: 1,
    status: 'BOOKING',
    recordedAt: ago(quietSeconds),
  });
  return { id, record, checkAt: 'then' };
}

interface Seen {
  readonly nudged: string[];
  readonly troubles: unknown[];
  /** Seconds by id. */
  readonly putOff: Map<string, number>;
}

/** Runs one round over these. */
async function round(
  dues: DueRecord[],
  engine: { isOpen: boolean; isAway?: boolean; hasBug?: boolean },
): Promise<Seen> {
  const seen: Seen = { nudged: [], troubles: [], putOff: new Map() };
  let rounds = 0;
  let end = () => {};
  const over = new Promise<void>((resolve) => (end = resolve));
  const watchman = startWatchman({
    facts: {
      takeDue: async () => {
        if (rounds++ === 0) return dues;
        end();
        return [];
      },
      putOff: async ({ id }, seconds) => void seen.putOff.set(id, seconds),
    },
    engine: {
      currentRun: async () => ({ runId: 'run', isOpen: engine.isOpen }),
      ask: async () => {
        if (engine.hasBug) throw new Error('a bug');
        return undefined;
      },
      nudge: async ({ id }) => {
        seen.nudged.push(id);
        if (engine.isAway) throw new EngineUnavailable();
        if (engine.hasBug) throw new Error('a bug');
      },
    },
    roundMs: 1,
    onTrouble: (error) => void seen.troubles.push(error),
  });
  onTestFinished(() => watchman.stop());
  await over;
  return seen;
}

test('a round ends when Temporal is unavailable: the other calls would fail too, and are due again in seconds', async () => {
  const seen = await round([due('a', 0), due('b', 0), due('c', 0)], { isOpen: false, isAway: true });
  expect(seen.nudged).toEqual(['a']);
  expect(seen.troubles).toHaveLength(1);
  expect(seen.putOff.size).toBe(0);
});

test.each([true, false])(
  'a bug with one booking doesn’t block the others (its run is open: %s)',
  async (isOpen) => {
    const seen = await round([due('a', 0), due('b', 0)], { isOpen, hasBug: true });
    expect([...seen.putOff.keys()]).toEqual(['a', 'b']);
    expect(seen.troubles).toHaveLength(2);
  },
);

test.each([
  { quiet: 0, isOpen: false, seconds: 5 },
  { quiet: 0, isOpen: true, seconds: 15 },
  { quiet: 100, isOpen: false, seconds: 50 },
  { quiet: 100, isOpen: true, seconds: 50 },
  { quiet: 86_400, isOpen: true, seconds: 3600 },
])('after $quiet quiet seconds, the next check is in $seconds (run open: $isOpen)', async (given) => {
  const { putOff, nudged } = await round([due('a', given.quiet)], given);
  expect(putOff.get('a')).toBeCloseTo(given.seconds, 0);
  expect(nudged).toEqual(given.isOpen ? [] : ['a']);
});
