import { setTimeout as sleep } from 'node:timers/promises';
import type { DevConfig } from '../config/dev-config.js';

/** What stands in the way of `npm start`. The message is meant for a person: what is wrong, and what to do. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
}

export interface Part {
  readonly what: string;
  stop(): Promise<void>;
}

/** What the steps of `npm start` share. */
export interface DevContext {
  readonly config: DevConfig;
  readonly say: (line: string) => void;
  /** Told when a part ends by itself. */
  readonly fail: (error: unknown) => void;
  readonly running: RunningParts;
  /** Writes down a server as soon as it has a number: the next start stops it if this one is killed. */
  readonly note: (pid: number) => void;
}

/** What `npm start` has started. */
export interface RunningParts {
  add(part: Part): void;
  /** Stops everything, newest first, so that nothing loses what it still needs; once, however often it is asked for. */
  stopAll(): Promise<void>;
  stopping(): boolean;
}

/** @param limitMs that each part may take to stop; what takes longer is left to the end of the process */
export function createRunningParts(say: (line: string) => void, limitMs: number): RunningParts {
  const parts: Part[] = [];
  let stopping: Promise<void> | undefined;

  async function stopNewestFirst(): Promise<void> {
    for (let part = parts.pop(); part; part = parts.pop()) {
      say(`Stopping ${part.what}`);
      const late = sleep(limitMs, `no end within ${limitMs / 1000} s`, { ref: false });
      const problem = await Promise.race([late, part.stop()]).catch(String);
      if (problem !== undefined) say(`It did not stop in order: ${problem}`);
    }
  }

  return {
    add: (part) => void parts.push(part),
    stopAll: () => (stopping ??= stopNewestFirst()),
    stopping: () => stopping !== undefined,
  };
}
