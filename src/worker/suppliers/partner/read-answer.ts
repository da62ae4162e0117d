import { z } from 'zod';
import { inexactNumber } from '../../../model/exact-numbers.js';

/** What a partner answered, as far as we look at it. */
export interface Answer {
  readonly status: number;
  /** The JSON of the body; `undefined` where there is none, it is broken, cut off or too long. */
  readonly body: unknown;
  /** When the partner wants to be asked again, in milliseconds from now; `undefined` where it doesn't say. */
  readonly retryAfterMs: number | undefined;
}

/** Our answers have some fifty bytes. Whatever sends more is no partner, and shall not fill our memory. */
const MAX_BODY_BYTES = 64 * 1024;

/** As browsers do for JSON: UTF-8 whatever the charset says, without the byte-order mark. What isn't UTF-8 can't be read. */
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Nobody's `Retry-After` parks a booking for longer; a partner that is still down then says so again. */
const MAX_RETRY_AFTER_MS = 10 * 60 * 1000;

/** Never throws: the status has arrived, and says what it says even if the rest of the answer doesn't come. */
export async function readAnswer(response: Response, now = Date.now()): Promise<Answer> {
  return {
    status: response.status,
    body: await readJson(response),
    retryAfterMs: parseRetryAfter(response.headers, now),
  };
}

async function readJson(response: Response): Promise<unknown> {
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      const bytes = chunk as Uint8Array;
      size += bytes.length;
      // Leaving the loop cancels the stream, and with it the connection.
      if (size > MAX_BODY_BYTES) return undefined;
      chunks.push(bytes);
    }
    return parseExactly(decoder.decode(Buffer.concat(chunks)));
  } catch {
    return undefined;
  }
}

/** A number that would come out with other digits than it has makes the whole of it unreadable. */
function parseExactly(json: string): unknown {
  return inexactNumber(json) === undefined ? (JSON.parse(json) as unknown) : undefined;
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3). A date is measured by the partner's own clock, where it shows it. */
function parseRetryAfter(headers: Headers, now: number): number | undefined {
  const value = firstOf(headers, 'retry-after');
  const wait = /^\d+$/.test(value)
    ? Number(value) * 1000
    : parseHttpDate(value) - (parseHttpDate(firstOf(headers, 'date')) || now);
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS);
}

/** Of a header that came twice, `fetch` makes one with a comma between; and a date has a comma of its own. */
function firstOf(headers: Headers, name: string): string {
  const [first = ''] = (headers.get(name) ?? '').split(/(?<!^\s*[A-Z][a-z]{2}),/);
  return first.trim();
}

/** @returns milliseconds since 1970, or NaN. `Date.parse` alone takes almost anything with a number in it for a date. */
function parseHttpDate(value: string): number {
  return /^[A-Z][a-z]{2}, .* GMT$/.test(value) ? Date.parse(value) : NaN;
}

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
