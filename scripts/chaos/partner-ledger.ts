import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';

/** One line of the partner's ledger: something that took effect, or an undo that it refused. */
export interface Entry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly what: 'held' | 'released' | 'undo refused';
  /** Our reservation key. */
  readonly key: string;
  readonly offerId?: string;
  readonly quantity?: number;
  /** The partner's own reference for the reservation. */
  readonly reference?: string;
  /** Released by the partner's staff rather than through its API. */
  readonly byHand?: boolean;
}

export interface Ledger {
  readonly entries: readonly Entry[];
  append(entry: Omit<Entry, 'at'>): void;
  close(): void;
}

/** Reads a ledger. A last line cut off by a kill was never acknowledged. */
export function readLedger(file: string): Entry[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Entry);
}

/** Append-only, and written to disk before the response, so a kill loses nothing that was acknowledged. */
export function openLedger(file: string): Ledger {
  const entries = readLedger(file);
  const output = openSync(file, 'a');
  return {
    entries,
    append(entry) {
      const whole = { at: Date.now(), ...entry };
      writeSync(output, `${JSON.stringify(whole)}\n`);
      entries.push(whole);
    },
    close: () => closeSync(output),
  };
}
