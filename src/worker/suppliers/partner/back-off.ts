const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/**
 * How long to leave a partner alone after an attempt that failed: a second, then twice as long each time, up to half a
 * minute. Up to half of it is left to chance, so that those who failed together don't come back together.
 * @param attempt from 1
 * @param chance from 0 to 1
 * @returns milliseconds
 */
export function backOffMs(attempt: number, chance = Math.random()): number {
  const whole = Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS);
  return Math.round(whole * (1 - chance / 2));
}
