import { z } from 'zod';

/** Years 1 to 9999, with the offset without which a local time is no instant: `2027-05-31T10:00:00.250+02:00`. */
const instant = z.iso
  .datetime({ offset: true, error: 'must be a date and time with an offset or Z' })
  .refine((value) => {
    const year = new Date(value).getUTCFullYear();
    return year >= 1 && year <= 9999;
  }, 'must be in the years 1 to 9999');

/** `249.9`, `"249.90"`: a number, or one as a string, of at most two places. Never by halves: no `249,90`, no `1e3`. */
const amount = z
  .union([z.number(), z.string()], { error: 'must be a number' })
  .transform(String)
  .pipe(z.string().regex(/^\d{1,10}(\.\d{1,2}0*)?$/, 'must be a number from 0 with at most two places'));

const currency = z
  .string({ error: 'must be a currency such as EUR' })
  .regex(/^[A-Z]{3}$/, 'must be a currency such as EUR');

const confirmation = z
  .union([z.string(), z.number().int()], { error: 'must be a text' })
  .transform(String)
  .pipe(z.string().min(1, 'must not be empty').max(100, 'must have at most 100 characters'));

/** What a partner may say of a reservation beside that it holds it; null is as good as left out. */
const reservation = z.object({
  confirmation: confirmation.nullish(),
  heldUntil: instant.nullish(),
  price: z.object({ amount, currency }, { error: 'must have an amount and a currency' }).nullish(),
});

/** Which field of a reservation can't be read, and what it must be. Nothing of what the partner wrote is in it. */
export function reservationProblem(body: unknown): string | undefined {
  const [issue] = reservation.safeParse(body).error?.issues ?? [];
  return issue && `${issue.path.join('.')} ${issue.message}`;
}
