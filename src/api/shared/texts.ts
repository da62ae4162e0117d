import { z } from 'zod';

export const MAX_ID_LENGTH = 200;
export const MAX_REASON_LENGTH = 500;

/**
 * Invisible characters that pasting leaves behind: soft hyphen, zero-width space, word joiner, invisible operators,
 * directional marks, byte-order mark. Not the joiners (U+200C, U+200D), which many names need.
 */
const LEFT_BY_A_PASTE = /[\u00ad\u061c\u200b\u200e\u200f\u2060-\u2064\ufeff]/u;

/** Flags such as Scotland's and Texas's: a black flag, the region in tag characters, and a cancel tag. */
const TAG_FLAG = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{2,7}\u{e007f}/gu;

type Refusal = readonly [RegExp, string];

/** The characters that a text must not contain, and how messages name them. */
const REFUSED_IN_LINES: readonly Refusal[] = [
  [/[^\P{Cc}\n]/u, 'a control character'],
  [/\p{Cs}/u, 'an incomplete character'],
  [/[\u202a-\u202e\u2066-\u2069]/u, 'a character that changes the text direction'],
  [/[\u{e0000}-\u{e007f}]/u, 'a tag character outside a flag'],
  [/\ufffd/u, 'a replacement for a character that was lost in transit'],
  [/[\u206a-\u206f\ufff9-\ufffb]|\p{Noncharacter_Code_Point}/u, 'an invisible character'],
];
const REFUSED_IN_LINE: readonly Refusal[] = [[/[\n\r\u2028\u2029]/u, 'a line break'], ...REFUSED_IN_LINES];
const REFUSED_IN_IDS: readonly Refusal[] = [...REFUSED_IN_LINE, [LEFT_BY_A_PASTE, 'an invisible character']];

/** @returns the first forbidden character and its position, counted in whole characters from 1, as the end of a sentence */
function findRefused(text: string, refused: readonly Refusal[]): string | undefined {
  const plain = text.replace(TAG_FLAG, (flag) => '_'.repeat([...flag].length));
  for (const [index, character] of [...plain].entries()) {
    const found = refused.find(([pattern]) => pattern.test(character));
    if (!found) continue;
    const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    return `must not contain ${found[1]} (U+${code}, at position ${index + 1}).`;
  }
  return undefined;
}

/** Joiners, fillers and spaces alone are invisible. */
const isBlank = (text: string) => /^[\s\p{Default_Ignorable_Code_Point}]*$/u.test(text);

/** The text as it is stored, and what is wrong with it, if anything, as the end of a sentence. */
type Read = (typed: string) => { readonly text: string; readonly problem?: string | undefined };

const textOf = (what: string, max: number, read: Read) =>
  z.string().transform((typed, context) => {
    const { text, problem } = read(typed);
    const wrong = problem ?? lengthProblem(text, max);
    if (wrong === undefined) return text;
    context.addIssue(`${what} ${wrong}`);
    return z.NEVER;
  });

function lengthProblem(text: string, max: number): string | undefined {
  if (isBlank(text)) return 'must not be empty.';
  // Counted in code points, because an emoji has a JavaScript length of 2.
  return [...text].length > max ? `must be at most ${max} characters long.` : undefined;
}

const tidy = (text: string) => text.replaceAll(new RegExp(LEFT_BY_A_PASTE, 'gu'), '').normalize('NFC').trim();

/** One line that a person types, such as a name: trimmed, in NFC, 1 to `max` characters. */
export const line = (what: string, max: number) =>
  textOf(what, max, (typed) => ({ text: tidy(typed), problem: findRefused(typed.trim(), REFUSED_IN_LINE) }));

/** One or more lines that a person types, such as a reason. Otherwise like `line`. */
export const lines = (what: string, max: number) =>
  textOf(what, max, (typed) => {
    const plain = typed
      .trim()
      .replaceAll('\t', ' ')
      .replaceAll(/\r\n|[\r\u0085\u2028\u2029]/gu, '\n');
    return { text: tidy(plain), problem: findRefused(plain, REFUSED_IN_LINES) };
  });

/** An id or a key, which programs pass on. Compared byte for byte, so it is never normalized. */
export const id = (what: string) =>
  textOf(what, MAX_ID_LENGTH, (text) => ({ text, problem: idProblem(text) }));

function idProblem(text: string): string | undefined {
  if (isBlank(text)) return 'must not be empty.';
  if (text !== text.trim()) return 'must not start or end with whitespace.';
  return findRefused(text, REFUSED_IN_IDS);
}
