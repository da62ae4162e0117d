/** Ends the process with what is wrong in one place: the message for what we foresaw, everything for what we didn't. */
export function exitWith(error: unknown): never {
  const foreseen = error instanceof Error && FORESEEN.has(error.name);
  console.error(foreseen ? error.message : error);
  process.exit(1);
}

const FORESEEN = new Set(['InvalidConfiguration', 'PortTaken', 'NoTemporalServer', 'TemporalServerFailed']);

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Runs `stop` once, on the first SIGINT (Ctrl-C) or SIGTERM, then exits; a second signal exits at once. */
export function stopOnSignals(stop: (signal: string) => Promise<void>): void {
  let stopping = false;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      stop(signal).then(() => process.exit(0), exitWith);
    });
  }
}
