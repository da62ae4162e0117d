import { randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { drawReference, readReference } from '../../src/model/codes.js';

describe('a booking reference', () => {
  test('is two groups of four, without vowels and characters that look alike', () => {
    const drawn = Array.from({ length: 1000 }, () => drawReference(randomInt));
    for (const reference of drawn)
      expect(reference).toMatch(/^[2-9CDFHJKMNPQRTVWX]{4}-[2-9CDFHJKMNPQRTVWX]{4}$/);
    expect(new Set(drawn).size).toBe(1000);
    expect(new Set(drawn.join('').replaceAll('-', '')).size).toBe(23);
  });

  test.each([
    '7KQ2-M9XD',
    '7kq2m9xd',
    ' 7kq2 m9xd\n',
    '7 K Q 2 - M 9 X D',
    '7KQ2–M9XD',
    '7KQ2\u00adM9XD',
    '７ＫＱ２－Ｍ９ＸＤ',
  ])('is read from %j', (typed) => expect(readReference(typed)).toBe('7KQ2-M9XD'));

  test.each(['', '-', '7KQ2', '7KQ2-M9X', '7KQ2-M9XDD', '7KQ2-M9XO', '7KQ2_M9XD', 'John Doe', 'ß'])(
    'is not read from %j',
    (typed) => expect(readReference(typed)).toBeUndefined(),
  );
});
