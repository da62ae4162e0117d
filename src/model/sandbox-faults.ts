import { FAULT_WORDS } from './suppliers.js';

/** The faults that an offer id names. Counts are the first N attempts; `Infinity` if the id gives no number. */
export interface Faults {
  /** Reserve is refused for good. */
  readonly invalid: boolean;
  /** Reserve is unavailable: an error before the effect. Absent if the id doesn't name it. */
  readonly down?: number;
  /** Reserve takes effect, then fails: an error after the effect. */
  readonly lost: number;
  /** Reserve takes effect but never answers. */
  readonly hang: number;
  /** The first reserve fails, and takes effect this many seconds later: a late arrival. */
  readonly lateSeconds?: number;
  /** Reserve and release take this many seconds longer. */
  readonly slowSeconds: number;
  /** Release is unavailable. */
  readonly undoDown: number;
}

const DEFAULT_SECONDS = 3;

/**
 * Reads the faults from an offer id: `hotel-down-2-undo-down-1` is down for two attempts, and its undo for one. Words may be
 * anywhere between hyphens; `invalid` counts wherever it occurs, as in the tutorial.
 */
export function parseFaults(offerId: string): Faults {
  const found = new Map(
    [...offerId.matchAll(FAULT_WORDS)].map(([, word, count]) => [
      word?.toLowerCase(),
      count && Number(count),
    ]),
  );
  /** `undefined` if the word is absent; `fallback` if it has no number. */
  const number = (word: string, fallback: number) =>
    found.has(word) ? Number(found.get(word) ?? fallback) : undefined;
  const down = number('down', Infinity);
  const lateSeconds = number('late', DEFAULT_SECONDS);
  return {
    invalid: offerId.toLowerCase().includes('invalid'),
    ...(down !== undefined && { down }),
    lost: number('lost', Infinity) ?? 0,
    hang: number('hang', Infinity) ?? 0,
    ...(lateSeconds !== undefined && { lateSeconds }),
    slowSeconds: number('slow', DEFAULT_SECONDS) ?? 0,
    undoDown: number('undo-down', Infinity) ?? 0,
  };
}
