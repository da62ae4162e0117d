/** On Ctrl-C this process exits normally, so that exit handlers kill every program that it started. */
export function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
}
