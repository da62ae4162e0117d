/** No vowels, so that no word appears by chance, and of characters that look alike (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B) at most one. */
const ALPHABET = '23456789CDFHJKMNPQRTVWX';

/** Draws a whole number from 0 to `limit - 1`, such as `randomInt` of `node:crypto`, which can't be imported here. */
export type DrawBelow = (limit: number) => number;

/** Draws a code to be read out over the telephone. It may be in use already. */
export function drawCode(length: number, drawBelow: DrawBelow): string {
  return Array.from({ length }, () => ALPHABET[drawBelow(ALPHABET.length)]).join('');
}

/** Draws a booking reference, such as `7KQ2-M9XD`: two groups, as people say it. There are 78 billion. */
export function drawReference(drawBelow: DrawBelow): string {
  return `${drawCode(4, drawBelow)}-${drawCode(4, drawBelow)}`;
}

const REFERENCE = new RegExp(`^([${ALPHABET}]{4})([${ALPHABET}]{4})$`);

/**
 * The booking reference that somebody typed or pasted, with whatever case, spaces and hyphens.
 * @returns `undefined` if it can't be one
 */
export function readReference(typed: string): string | undefined {
  const bare = typed.normalize('NFKC').replaceAll(/[\s\p{Pd}\p{Default_Ignorable_Code_Point}]/gu, '');
  const [, first, second] = REFERENCE.exec(bare.toUpperCase()) ?? [];
  return first === undefined ? undefined : `${first}-${second}`;
}
