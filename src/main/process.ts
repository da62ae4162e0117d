/** Prints the error and exits: only the message of a foreseen error, everything of an unexpected one. */
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
  'InvalidArguments',
  'InvalidConfiguration',
  'CannotConnect',
  'CannotForget',
  'CannotListen',
  'MigrationBlocked',
  'StartFailed',
]);

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm forwards Ctrl-C to a process that the terminal has already signalled: one key press, two signals. */
const SAME_PRESS_MS = 1000;

/** On the first SIGINT (Ctrl-C), SIGTERM or SIGHUP (terminal closed), runs `stop` and then exits. On the second, exits at once. */
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
