import { z } from 'zod';
import { cleanText } from '../../../model/failures.js';
import type { Holding } from '../../../model/holding.js';
import type { Money } from '../../../model/money.js';
import { digitsOf, isCurrency } from '../../../money/currencies.js';
import { toMinor } from '../../../money/decimal.js';
import { WITHHELD } from './read-answer.js';

/** The error of a field that isn't even of the right type. */
const must = (requirement: string) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    input === WITHHELD ? 'must not contain our token' : requirement,
});

/** Years 1 to 9999, with an offset, without which a local time is no instant: `2027-05-31T10:00:00.250+02:00`. */
const instant = z.iso
  .datetime({ offset: true, ...must('must be a date and time with an offset or Z') })
  .refine((value) => {
    const year = new Date(value).getUTCFullYear();
    return year >= 1 && year <= 9999;
  }, 'must be in the years 1 to 9999');

const day = z.iso
  .date(must('must be a date such as 2027-05-31'))
  .refine((value) => !value.startsWith('0000'), 'must be in the years 1 to 9999');

/** A number, or one as a string: `249.9`, `"249.90"`. Not `249,90`, not `1e3`. */
const amount = z
  .union([z.number(), z.string()], must('must be a number'))
  .transform(String)
  .pipe(
    z
      .string()
      .regex(
        /^\d{1,10}(\.\d{1,8})?$/,
        'must be a number of at least 0, with at most ten digits before the point',
      ),
  );

const currency = z
  .string(must('must be a currency such as EUR'))
  .refine(isCurrency, 'must be a currency of ISO 4217, such as EUR');

/** With no more decimal places than the currency has: two for EUR, none for JPY, three for BHD. */
const price = z
  .object({ amount, currency }, must('must have an amount and a currency'))
  .transform(({ amount, currency }, context): Money => {
    const minor = toMinor(amount, currency);
    if (minor !== undefined) return { minor, currency };
    const places = digitsOf(currency);
    context.addIssue({
      code: 'custom',
      path: ['amount'],
      message: `must have at most ${places} decimal places, as ${currency} has`,
    });
    return z.NEVER;
  });

const nonEmpty = z.string().min(1, 'must not be empty');

const text = z.string(must('must be a text')).transform(cleanText).pipe(nonEmpty);

/** Never cut, because a part of a reference is no reference. */
const reference = z
  .union([z.string(), z.number().int()], must('must be a string or a whole number'))
  .transform((value) => cleanText(String(value)))
  .pipe(nonEmpty.max(100, 'must have at most 100 characters'));

/** What a partner may add to a reservation besides its state; null means the same as absent. A test compares this with the docs. */
export const reservation = z.object({
  reference: reference.nullish(),
  heldUntil: instant.nullish(),
  title: text.nullish(),
  place: text.nullish(),
  // A flight across the date line may arrive on the day before it leaves, so the two are not compared.
  from: day.nullish(),
  to: day.nullish(),
  price: price.nullish(),
});

/**
 * Reads what a partner says about a reservation.
 * @returns the holding; or which field is invalid and what it must be, without anything that the partner wrote
 */
export function readReservation(body: unknown): { readonly holding: Holding } | { readonly problem: string } {
  const { data, error } = reservation.safeParse(body);
  if (!data) {
    const [issue] = error.issues;
    return { problem: `${issue?.path.join('.')} ${issue?.message}` };
  }
  const { reference: confirmation, title, place, from, to, price } = data;
  const known = Object.entries({ confirmation, title, place, from, to, price }).filter(
    ([, content]) => content !== undefined && content !== null,
  );
  return { holding: Object.fromEntries(known) };
}
