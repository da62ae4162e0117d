/**
 * Days, moments, money and lists in the page's language, as people write them. The page is in English, so a visitor's own
 * locale counts only if it is English too: `en-GB` writes dates unlike `en-US`. The calendar is the one of the dates that
 * suppliers name.
 */
const PAGE_LANGUAGE = document.documentElement.lang;
export const LOCALE =
  navigator.languages.find((language) => language.split('-')[0] === PAGE_LANGUAGE) ?? PAGE_LANGUAGE;

const dates = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(LOCALE, { calendar: 'gregory', numberingSystem: 'latn', ...options });

const DAYS = dates({ timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });
const MOMENT = dates({ dateStyle: 'medium', timeStyle: 'short' });
const CLOCK = dates({ timeStyle: 'short' });
const EXACT_CLOCK = dates({ timeStyle: 'medium' });
const AND = new Intl.ListFormat(LOCALE, { type: 'conjunction' });
const AGO = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });
const ORDINAL = new Intl.PluralRules(LOCALE, { type: 'ordinal' });
const SUFFIXES: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };

/** A local date, the same day wherever it is read. */
export const wholeDay = (date: string) => DAYS.format(new Date(date));

/** From the first to the last of some local dates, the same days wherever they are read: `3 – 10 May 2027`. */
export const days = (from: string, to: string) => DAYS.formatRange(new Date(from), new Date(to));

/** Day and time, in the visitor's time zone. */
export const moment = (iso: string) => MOMENT.format(new Date(iso));

/** The time alone, or with the day if it isn't today's. */
export const clock = (iso: string) =>
  (new Date(iso).toDateString() === new Date().toDateString() ? CLOCK : MOMENT).format(new Date(iso));

/** The time with its seconds. */
export const exactClock = (iso: string) => EXACT_CLOCK.format(new Date(iso));

interface Money {
  readonly amount: string;
  readonly currency: string;
}

/** With the digits of the currency; exact, because `format` takes decimal strings as they are. */
export const money = ({ amount, currency }: Money) =>
  new Intl.NumberFormat(LOCALE, { style: 'currency', currency }).format(amount as `${number}`);

/** A sum for each currency; undefined if there is none. */
export const sums = (total: readonly Money[]) => (total.length === 0 ? undefined : list(total.map(money)));

/** `car, hotel and flight` */
export const list = (parts: readonly string[]) => AND.format(parts);

/** The same with each element apart, for texts that people typed. */
export const listParts = (parts: readonly string[]) => AND.formatToParts(parts);

/** `third`, then `4th`. */
export const ordinal = (count: number) =>
  ['first', 'second', 'third'][count - 1] ?? `${count}${SUFFIXES[ORDINAL.select(count)] ?? 'th'}`;

/** `1 night`, `7 nights`. Only for nouns that take an s. */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** How long ago: `5 minutes ago`. */
export function ago(iso: string, now = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  const [unit, length] = UNITS.find(([, least]) => -seconds >= least) ?? ['second', 1];
  return AGO.format(Math.round(seconds / length), unit);
}
