import { createHash } from 'node:crypto';

/** Seeded random choices: the same seed gives the same choices in the same order. */
export interface Dice {
  /** At least `min`, less than `max`. */
  between(min: number, max: number): number;
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** `undefined` for an empty list. */
  pickAny<T>(list: readonly T[]): T | undefined;
  shuffle<T>(list: readonly T[]): T[];
}

/** Each part of the run has its own dice, so the number of choices that one part makes doesn't affect another. */
export function createDice(seed: string): Dice {
  let state = numberOf(seed);
  // Mulberry32: small, and good enough for choosing what to break.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (min: number, max: number) => min + next() * (max - min);
  const whole = (min: number, max: number) => Math.floor(between(min, max + 1));
  return {
    between,
    whole,
    chance: (probability) => next() < probability,
    pick: ([first, ...others]) => [first, ...others][whole(0, others.length)] ?? first,
    pickAny: (list) => list[whole(0, list.length - 1)],
    shuffle(list) {
      const rest = [...list];
      return list.flatMap(() => rest.splice(whole(0, rest.length - 1), 1));
    },
  };
}

/** A number from 0 to below 1 that depends only on a text, for choices that real processes make in no fixed order. */
export function shareOf(text: string): number {
  return numberOf(text) / 2 ** 32;
}

function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32LE(0);
}
