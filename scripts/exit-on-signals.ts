/** Upon Ctrl-C, as at every other end, whatever was started is killed: by what started it, when this process exits. */
export function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
}
