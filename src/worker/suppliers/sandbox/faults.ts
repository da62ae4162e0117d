import { FAULT_WORDS } from '../../../model/suppliers.js';

/** What goes wrong with an offer, as its id says. Counts are first attempts; `Infinity` where the id gives no number. */
export interface Faults {
  /** Refused for good. */
  readonly invalid: boolean;
  /** Reserve is unavailable: an error before the effect. `undefined`: not said. */
  readonly down?: number;
  /** Reserve takes effect and then fails: an error after the effect. */
  readonly lost: number;
  /** Reserve takes effect and never answers: a lost reply. */
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
 * Reads the faults from an offer id: `hotel-down-2-undo-down-1` is down for two attempts, and so is its undo for one.
 * Words may stand anywhere between hyphens; `invalid` counts wherever it occurs, as in the tutorial.
 */
export function parseFaults(offerId: string): Faults {
  const found = new Map(
    [...offerId.matchAll(FAULT_WORDS)].map(([, word, count]) => [
      word?.toLowerCase(),
      count && Number(count),
    ]),
  );
  /** `undefined`: the word isn't there; `fallback`: it is, without a number. */
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
