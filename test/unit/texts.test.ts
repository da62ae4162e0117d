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

describe('what people need to write stays as it is', () => {
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
  test('is in NFC, however it was typed', () => {
    expect(name('Jose\u0301')).toBe('José');
    expect(name('\u1112\u1161\u11ab')).toBe('한');
    expect(name('A\u030angstro\u0308m \u212b')).toBe('Ångström Å');
  });

  test('is not changed in what it looks like: its case, its width, its ligatures', () => {
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
  ])('loses %s, which a paste left', (_what, mark) => {
    expect(name(`${mark}John${mark} Doe${mark}`)).toBe('John Doe');
    expect(reason(`${mark}ill${mark}`)).toBe('ill');
  });

  test('of two letters that a mark kept apart is in NFC as well', () => {
    expect(name('Jose\u200b\u0301')).toBe('José');
  });

  test.each([
    ['a tab', 'John\tDoe', 'a control character (U+0009, at position 5)'],
    ['a bell', 'a\u0007', 'a control character (U+0007, at position 2)'],
    ['a C1 control', '\u0090John', 'a control character (U+0090, at position 1)'],
    ['a line break', 'John\nDoe', 'a line break (U+000A, at position 5)'],
    ['a line separator', 'John\u2028Doe', 'a line break (U+2028, at position 5)'],
    ['an override', 'John\u202eeoD', 'a character that turns the text around (U+202E, at position 5)'],
    ['an embedding', '\u202bJohn', 'a character that turns the text around (U+202B, at position 1)'],
    ['an isolate', 'J\u2067ohn\u2069', 'a character that turns the text around (U+2067, at position 2)'],
    ['half a character', 'John\ud83d', 'half a character (U+D83D, at position 5)'],
    ['hidden words', 'John\u{e0048}\u{e0069}', 'a tag character outside of a flag (U+E0048, at position 5)'],
    ['a flag without end', '🏴\u{e0067}', 'a tag character outside of a flag (U+E0067, at position 2)'],
    [
      'a lost letter',
      'Jos\ufffd',
      'the mark of a character that was lost on its way to us (U+FFFD, at position 4)',
    ],
    ['an annotation', 'a\ufff9b', 'an invisible character (U+FFF9, at position 2)'],
    ['no character at all', 'a\uffff', 'an invisible character (U+FFFF, at position 2)'],
    ['one after emoji and a flag', '👨‍👩‍👧🏴󠁧󠁢󠁳󠁣󠁴󠁿\0', 'a control character (U+0000, at position 13)'],
  ])('with %s is refused, saying what and where', (_what, typed, says) => {
    expect(name(typed)).toEqual({ refused: `The name must not contain ${says}.` });
  });

  test.each(['', '  ', '\u200d', '\u200c \u3164', '\ufeff', '\u00a0\u2003', '\ufe0f'])(
    'of which nothing can be seen is empty: %j',
    (typed) => {
      expect(name(typed)).toEqual({ refused: 'The name must not be empty.' });
    },
  );

  test('is as long as people count it', () => {
    expect(name('👩'.repeat(100))).toBe('👩'.repeat(100));
    expect(name('👩'.repeat(101))).toEqual({ refused: 'The name must have at most 100 characters.' });
    expect(name('e\u0301'.repeat(100))).toBe('é'.repeat(100));
    expect(name(` ${'x'.repeat(100)} `)).toBe('x'.repeat(100));
  });
});

describe('a reason', () => {
  test.each(['\n', '\r\n', '\r', '\u0085', '\u2028', '\u2029'])(
    'may have several lines, told by %j',
    (end) => {
      expect(reason(`the dog${end}is ill${end}`)).toBe('the dog\nis ill');
    },
  );

  test('with a tab has a space', () => {
    expect(reason('a\tb')).toBe('a b');
  });

  test('says in which of all its characters it is wrong', () => {
    expect(reason('one\r\ntwo\0')).toEqual({
      refused: 'The reason must not contain a control character (U+0000, at position 8).',
    });
  });

  test('of 500 emoji is no longer than 500 letters', () => {
    expect(reason('🐕'.repeat(500))).toBe('🐕'.repeat(500));
  });
});

describe('an id', () => {
  test('is compared byte for byte, so it is not normalised', () => {
    expect(offer('Jose\u0301')).toBe('Jose\u0301');
    expect(offer('a  b')).toBe('a  b');
  });

  test.each([' a', 'a ', '\u00a0a', '\ta', 'a\n'])(
    'with white space around it is refused, not trimmed: %j',
    (typed) => {
      expect(offer(typed)).toEqual({ refused: 'The car id must not begin or end with white space.' });
    },
  );

  test.each([
    ['a\u00adb', 'an invisible character (U+00AD, at position 2)'],
    ['a\u200bb', 'an invisible character (U+200B, at position 2)'],
    ['a\nb', 'a line break (U+000A, at position 2)'],
    ['a\u2066b', 'a character that turns the text around (U+2066, at position 2)'],
  ])('with what nobody sees is refused, not mended: %j', (typed, says) => {
    expect(offer(typed)).toEqual({ refused: `The car id must not contain ${says}.` });
  });
});

test.each(['x', '🏴', '\u0301', '🏴\u{e0067}', 'x\u200b', '\r'])(
  'a hundred thousand of %j do no harm',
  (one) => {
    const typed = one.repeat(100_000);
    expect(name(typed)).toHaveProperty('refused');
    expect(reason(typed)).toHaveProperty('refused');
    expect(offer(typed)).toHaveProperty('refused');
  },
);
