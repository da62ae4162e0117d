/** What goes wrong with an offer, as its id says. Counts are attempts; `Infinity` where the id gives no number. */
export interface Faults {
  /** Refused for good. */
  readonly invalid: boolean;
  /** Reserve is unavailable on this many first attempts; `undefined`: not said. */
  readonly down?: number;
  /** Reserve and release take this many seconds longer. */
  readonly slowSeconds: number;
  /** Release is unavailable on this many first attempts. */
  readonly undoDown: number;
}

const DEFAULT_SLOW_SECONDS = 3;

/**
 * Reads the faults from an offer id: `hotel-down-2-undo-down-1` is down for two attempts, and so is its undo for one.
 * Words may stand anywhere between hyphens; `invalid` counts wherever it occurs, as in the tutorial.
 */
export function parseFaults(offerId: string): Faults {
  const words = [...offerId.matchAll(/(?<![a-z])(undo-down|down|slow)(?:-(\d+))?(?![a-z\d])/gi)];
  const count = (word: string) => {
    const found = words.find((match) => match[1]?.toLowerCase() === word);
    return found && (found[2] === undefined ? Infinity : Number(found[2]));
  };
  const down = count('down');
  const slow = count('slow') ?? 0;
  return {
    invalid: offerId.toLowerCase().includes('invalid'),
    ...(down !== undefined && { down }),
    slowSeconds: slow === Infinity ? DEFAULT_SLOW_SECONDS : slow,
    undoDown: count('undo-down') ?? 0,
  };
}
