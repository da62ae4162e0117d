import { setTimeout as sleep } from 'node:timers/promises';
import type { DevConfig } from '../config/dev-config.js';

/** `npm start` can't start. The message is for a person: what is wrong, and what to do. */
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
  /** Called when a part exits unexpectedly. */
  readonly fail: (error: unknown) => void;
  readonly running: RunningParts;
  /** Writes down a server as soon as it has a pid, so that the next start can stop it if this one is killed. */
  readonly note: (pid: number) => void;
}

/** What `npm start` has started. */
export interface RunningParts {
  add(part: Part): void;
  /** Stops everything once, newest first, so that no part loses what it still needs. Can be called repeatedly. */
  stopAll(): Promise<void>;
  stopping(): boolean;
}

/** @param limitMs how long to wait for each part to stop; slower ones end with the process */
export function createRunningParts(say: (line: string) => void, limitMs: number): RunningParts {
  const parts: Part[] = [];
  let stopping: Promise<void> | undefined;

  async function stopNewestFirst(): Promise<void> {
    for (let part = parts.pop(); part; part = parts.pop()) {
      say(`Stopping ${part.what}`);
      const late = sleep(limitMs, `timed out after ${limitMs / 1000} s`, { ref: false });
      const problem = await Promise.race([late, part.stop()]).catch(String);
      if (problem !== undefined) say(`It did not stop cleanly: ${problem}`);
    }
  }

  return {
    add: (part) => void parts.push(part),
    stopAll: () => (stopping ??= stopNewestFirst()),
    stopping: () => stopping !== undefined,
  };
}
