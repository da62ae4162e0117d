export interface Part {
  readonly what: string;
  stop(): Promise<void>;
}

/** What `npm start` has started. */
export interface RunningParts {
  add(part: Part): void;
  /** Stops everything, newest first, so that nothing loses what it still needs; once, however often it is asked for. */
  stopAll(): Promise<void>;
  stopping(): boolean;
}

export function createRunningParts(say: (line: string) => void): RunningParts {
  const parts: Part[] = [];
  let stopping: Promise<void> | undefined;

  async function stopNewestFirst(): Promise<void> {
    for (let part = parts.pop(); part; part = parts.pop()) {
      say(`Stopping ${part.what}`);
      await part.stop();
    }
  }

  return {
    add: (part) => void parts.push(part),
    stopAll: () => (stopping ??= stopNewestFirst()),
    stopping: () => stopping !== undefined,
  };
}
