import { setTimeout as sleep } from 'node:timers/promises';
import { createDice } from './dice.js';
import { LANES, type FaultKind, type Stage } from './faults.js';
import type { Counter } from './traveller.js';

/** Range of milliseconds between two faults of a lane. */
const PACE: Readonly<Record<string, readonly [number, number]>> = {
  blows: [2000, 5000],
  sleeps: [4000, 9000],
  'deep sleeps': [12_000, 18_000],
  tools: [300, 900],
  'slow lines': [50, 500],
  'twin writes': [0, 300],
  'broken lines': [300, 1200],
};

/** How long faults may continue after the last traveller, until each kind has been injected. */
const PATIENCE_MS = 90_000;

export interface Director {
  /** Injects only the kinds still missing, then no more. Resolves when everything is restored. */
  finish(): Promise<void>;
}

export interface DirectorOptions {
  readonly stage: Stage;
  readonly seed: string;
  readonly counter: Counter;
  /** Factor for the time between two faults. */
  readonly pace: number;
}

/** Keeps injecting every kind of fault: each lane in a shuffled order, at intervals that the seed determines. */
export function startDirector({ stage, seed, counter, pace }: DirectorOptions): Director {
  let until: number | undefined;
  const lanes = Object.entries(LANES).map(([lane, kinds]) => direct(lane, kinds));

  async function direct(lane: string, kinds: readonly FaultKind[]): Promise<void> {
    const dice = createDice(`${seed} ${lane}`);
    const [min, max] = PACE[lane] ?? [500, 1500];
    const missing = new Set(kinds);
    for (;;) {
      for (const kind of dice.shuffle(kinds)) {
        if (until !== undefined && (missing.size === 0 || Date.now() > until)) return;
        // Towards the end, only the missing kinds.
        if (until !== undefined && !missing.has(kind)) continue;
        await sleep(dice.between(min, max) * pace);
        if (!(await kind.inject(stage, dice))) continue;
        counter.count(kind.name);
        missing.delete(kind);
      }
    }
  }

  return {
    async finish() {
      until = Date.now() + PATIENCE_MS;
      await Promise.all(lanes);
    },
  };
}

/** Every kind, each of which has to be injected at least once. */
export const FAULT_NAMES = Object.values(LANES).flatMap((kinds) => kinds.map(({ name }) => name));
