import { z } from 'zod';

export const MAX_ID_LENGTH = 200;
export const MAX_REASON_LENGTH = 500;

/**
 * Invisible, and left behind by a paste: soft hyphen, zero-width space, word joiner, invisible operators, marks of direction,
 * byte-order mark. Not the joiners (U+200C, U+200D), without which many a name can't be written.
 */
const LEFT_BY_A_PASTE = /[\u00ad\u061c\u200b\u200e\u200f\u2060-\u2064\ufeff]/u;

/** The flags of Scotland, Texas and the like: a black flag, the region in tag characters, and their end. */
const TAG_FLAG = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{2,7}\u{e007f}/gu;

type Refusal = readonly [RegExp, string];

/** What a text may not hold, and how people are told. */
const REFUSED_IN_LINES: readonly Refusal[] = [
  [/[^\P{Cc}\n]/u, 'a control character'],
  [/\p{Cs}/u, 'half a character'],
  [/[\u202a-\u202e\u2066-\u2069]/u, 'a character that turns the text around'],
  [/[\u{e0000}-\u{e007f}]/u, 'a tag character outside of a flag'],
  [/\ufffd/u, 'the mark of a character that was lost on its way to us'],
  [/[\u206a-\u206f\ufff9-\ufffb]|\p{Noncharacter_Code_Point}/u, 'an invisible character'],
];
const REFUSED_IN_LINE: readonly Refusal[] = [[/[\n\r\u2028\u2029]/u, 'a line break'], ...REFUSED_IN_LINES];
const REFUSED_IN_IDS: readonly Refusal[] = [...REFUSED_IN_LINE, [LEFT_BY_A_PASTE, 'an invisible character']];

/** @returns what can't be accepted of a text, and where, counted in whole characters from 1 */
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

/** Of joiners, fillers and blanks alone nothing can be seen. */
const isBlank = (text: string) => /^[\s\p{Default_Ignorable_Code_Point}]*$/u.test(text);

/** A text as it is to be kept, or what is wrong with it, as the end of a sentence. */
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
  // As people count them: to JavaScript an emoji is two.
  return [...text].length > max ? `must have at most ${max} characters.` : undefined;
}

const tidy = (text: string) => text.replaceAll(new RegExp(LEFT_BY_A_PASTE, 'gu'), '').normalize('NFC').trim();

/** What people type, on one line: a name. Trimmed, in NFC, of 1 to `max` characters. */
export const line = (what: string, max: number) =>
  textOf(what, max, (typed) => ({ text: tidy(typed), problem: findRefused(typed.trim(), REFUSED_IN_LINE) }));

/** What people type, on one line or several: a reason. Otherwise as `line`. */
export const lines = (what: string, max: number) =>
  textOf(what, max, (typed) => {
    const plain = typed
      .trim()
      .replaceAll('\t', ' ')
      .replaceAll(/\r\n|[\r\u0085\u2028\u2029]/gu, '\n');
    return { text: tidy(plain), problem: findRefused(plain, REFUSED_IN_LINES) };
  });

/** What programs hand on: an id or a key. Compared byte for byte, so nothing in it is mended. */
export const id = (what: string) =>
  textOf(what, MAX_ID_LENGTH, (text) => ({ text, problem: idProblem(text) }));

function idProblem(text: string): string | undefined {
  if (isBlank(text)) return 'must not be empty.';
  if (text !== text.trim()) return 'must not begin or end with white space.';
  return findRefused(text, REFUSED_IN_IDS);
}
