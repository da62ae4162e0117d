/** Ends the process with what is wrong in one place: the message for what we foresaw, everything for what we didn't. */
export function exitWith(error: unknown): never {
  console.error(foreseenIn(error)?.message ?? error);
  process.exit(1);
}

/** The error may be wrapped, for example as the cause of a failed query. */
function foreseenIn(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  return FORESEEN.has(error.name) ? error : foreseenIn(error.cause);
}

const FORESEEN = new Set([
  'InvalidConfiguration',
  'CannotConnect',
  'CannotListen',
  'MigrationBlocked',
  'StartFailed',
]);

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm passes Ctrl-C on to a process that the terminal has told already: one press, two signals. */
const SAME_PRESS_MS = 1000;

/** Runs `stop` once, on the first SIGINT (Ctrl-C), SIGTERM or SIGHUP (the terminal is closed), then exits; asked again, it exits at once. */
export function stopOnSignals(stop: (signal: string) => Promise<void>): void {
  let firstAt: number | undefined;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (firstAt !== undefined) {
        if (performance.now() - firstAt > SAME_PRESS_MS) process.exit(1);
        return;
      }
      firstAt = performance.now();
      stop(signal).then(() => process.exit(0), exitWith);
    });
  }
}
