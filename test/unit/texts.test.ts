import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { id, line, lines } from '../../src/api/shared/texts.js';

const read = (schema: z.ZodType<string>, typed: string) => {
  const { data, error } = schema.safeParse(typed);
  return data ?? { refused: error.issues.map(({ message }) => message).join(' ') };
};
const name = (typed: string) => read(line('The name', 100), typed);
const reason = (typed: string) => read(lines('The reason', 500), typed);
const offer = (typed: string) => read(id('The car id'), typed);

describe('text that people need is unchanged', () => {
  test.each([
    ['Persian, with a zero-width non-joiner', 'علی‌رضا'],
    ['Sinhala, with a zero-width joiner', 'ශ්‍රී ලංකා'],
    ['Malayalam, with a joiner at the end', 'അവന്‍'],
    ['Mongolian, with a vowel separator', 'ᠠᠷᠤᠭ᠎ᠠ'],
    ['a family', 'The Doe 👨‍👩‍👧‍👦'],
    ['a skin tone and a heart', '👩🏽‍❤️‍👨🏿'],
    ['the flag of Scotland', 'Ross 🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
    ['the flag of Texas, which few fonts have', '🏴󠁵󠁳󠁴󠁸󠁿'],
    ['the flag of Iceland', '🇮🇸'],
    ['right-to-left letters', 'דנה כהן'],
    ['punctuation', "O’Brien-Łoś, 3rd <jr> & 'co' %_\\"],
    ['another plane', '𠮷野家 𝒥𝑜𝒽𝓃'],
  ])('%s', (_what, typed) => {
    expect(name(typed)).toBe(typed);
    expect(reason(typed)).toBe(typed);
    expect(offer(typed)).toBe(typed);
  });
});

describe('a name', () => {
  test('is in NFC, whatever form it was typed in', () => {
    expect(name('Jose\u0301')).toBe('José');
    expect(name('\u1112\u1161\u11ab')).toBe('한');
    expect(name('A\u030angstro\u0308m \u212b')).toBe('Ångström Å');
  });

  test('keeps its appearance: its case, width and ligatures', () => {
    expect(name('ＪＯＳＥ ﬁ ß')).toBe('ＪＯＳＥ ﬁ ß');
  });

  test.each([
    ['a soft hyphen', '\u00ad'],
    ['a zero-width space', '\u200b'],
    ['a left-to-right mark', '\u200e'],
    ['a right-to-left mark', '\u200f'],
    ['an Arabic letter mark', '\u061c'],
    ['a word joiner', '\u2060'],
    ['an invisible plus', '\u2064'],
    ['a byte-order mark', '\ufeff'],
  ])('loses %s, which a paste may leave behind', (_what, mark) => {
    expect(name(`${mark}John${mark} Doe${mark}`)).toBe('John Doe');
    expect(reason(`${mark}ill${mark}`)).toBe('ill');
  });

  test('is in NFC even if an invisible mark separated two characters', () => {
    expect(name('Jose\u200b\u0301')).toBe('José');
  });

  test.each([
    ['a tab', 'John\tDoe', 'a control character (U+0009, at position 5)'],
    ['a bell', 'a\u0007', 'a control character (U+0007, at position 2)'],
    ['a C1 control', '\u0090John', 'a control character (U+0090, at position 1)'],
    ['a line break', 'John\nDoe', 'a line break (U+000A, at position 5)'],
    ['a line separator', 'John\u2028Doe', 'a line break (U+2028, at position 5)'],
    ['an override', 'John\u202eeoD', 'a character that changes the text direction (U+202E, at position 5)'],
    ['an embedding', '\u202bJohn', 'a character that changes the text direction (U+202B, at position 1)'],
    ['an isolate', 'J\u2067ohn\u2069', 'a character that changes the text direction (U+2067, at position 2)'],
    ['an incomplete character', 'John\ud83d', 'an incomplete character (U+D83D, at position 5)'],
    ['hidden text', 'John\u{e0048}\u{e0069}', 'a tag character outside a flag (U+E0048, at position 5)'],
    ['an unterminated flag', '🏴\u{e0067}', 'a tag character outside a flag (U+E0067, at position 2)'],
    [
      'a lost character',
      'Jos\ufffd',
      'a replacement for a character that was lost in transit (U+FFFD, at position 4)',
    ],
    ['an annotation', 'a\ufff9b', 'an invisible character (U+FFF9, at position 2)'],
    ['a noncharacter', 'a\uffff', 'an invisible character (U+FFFF, at position 2)'],
    ['a control character after emoji and a flag', '👨‍👩‍👧🏴󠁧󠁢󠁳󠁣󠁴󠁿\0', 'a control character (U+0000, at position 13)'],
  ])('with %s is refused with its name and position', (_what, typed, says) => {
    expect(name(typed)).toEqual({ refused: `The name must not contain ${says}.` });
  });

  test.each(['', '  ', '\u200d', '\u200c \u3164', '\ufeff', '\u00a0\u2003', '\ufe0f'])(
    'with no visible character is empty: %j',
    (typed) => {
      expect(name(typed)).toEqual({ refused: 'The name must not be empty.' });
    },
  );

  test('has its length counted in code points', () => {
    expect(name('👩'.repeat(100))).toBe('👩'.repeat(100));
    expect(name('👩'.repeat(101))).toEqual({ refused: 'The name must be at most 100 characters long.' });
    expect(name('e\u0301'.repeat(100))).toBe('é'.repeat(100));
    expect(name(` ${'x'.repeat(100)} `)).toBe('x'.repeat(100));
  });
});

describe('a reason', () => {
  test.each(['\n', '\r\n', '\r', '\u0085', '\u2028', '\u2029'])(
    'may have several lines, separated by %j',
    (end) => {
      expect(reason(`the dog${end}is ill${end}`)).toBe('the dog\nis ill');
    },
  );

  test('has its tabs replaced by spaces', () => {
    expect(reason('a\tb')).toBe('a b');
  });

  test('has its error position counted over all lines', () => {
    expect(reason('one\r\ntwo\0')).toEqual({
      refused: 'The reason must not contain a control character (U+0000, at position 8).',
    });
  });

  test('may have 500 emoji, just like 500 letters', () => {
    expect(reason('🐕'.repeat(500))).toBe('🐕'.repeat(500));
  });
});

describe('an id', () => {
  test('is compared byte for byte, so it is not normalized', () => {
    expect(offer('Jose\u0301')).toBe('Jose\u0301');
    expect(offer('a  b')).toBe('a  b');
  });

  test.each([' a', 'a ', '\u00a0a', '\ta', 'a\n'])(
    'with whitespace around it is refused, not trimmed: %j',
    (typed) => {
      expect(offer(typed)).toEqual({ refused: 'The car id must not start or end with whitespace.' });
    },
  );

  test.each([
    ['a\u00adb', 'an invisible character (U+00AD, at position 2)'],
    ['a\u200bb', 'an invisible character (U+200B, at position 2)'],
    ['a\nb', 'a line break (U+000A, at position 2)'],
    ['a\u2066b', 'a character that changes the text direction (U+2066, at position 2)'],
  ])('with an invisible character is refused, not cleaned: %j', (typed, says) => {
    expect(offer(typed)).toEqual({ refused: `The car id must not contain ${says}.` });
  });
});

test.each(['x', '🏴', '\u0301', '🏴\u{e0067}', 'x\u200b', '\r'])(
  'a text of a hundred thousand %j is refused without hanging',
  (one) => {
    const typed = one.repeat(100_000);
    expect(name(typed)).toHaveProperty('refused');
    expect(reason(typed)).toHaveProperty('refused');
    expect(offer(typed)).toHaveProperty('refused');
  },
);
