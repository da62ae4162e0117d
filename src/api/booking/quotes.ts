import { createHash } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Money } from '../../model/money.js';
import type { Checked } from '../shared/checks.js';
import { InvalidInputError, QuoteExpiredError, QuoteMismatchError } from '../shared/user-errors.js';
import { contentOf } from './order.js';
import type { RequestedLeg } from './requested-trip.js';
import { NOT_A_QUOTE } from './trip.input.js';

/** For each leg, the price of one unit of each of its offers; null where it was not known. */
export type QuotedPrices = readonly (readonly (Money | null)[])[];

export type QuoteError = InvalidInputError | QuoteExpiredError | QuoteMismatchError;

/**
 * A quote is a signed token, which its caller keeps. Nothing is stored, so that quotes can be given to anybody, as often as
 * they ask (docs/decisions/16).
 */
export interface Quotes {
  /** @throws DatabaseUnavailable */
  sign(legs: readonly RequestedLeg[], prices: QuotedPrices): Promise<SignedQuote>;
  /** The prices that a quote promises for exactly these legs. @throws DatabaseUnavailable */
  open(id: string, legs: readonly RequestedLeg[]): Promise<Checked<QuotedPrices, QuoteError>>;
}

export interface SignedQuote {
  readonly id: string;
  readonly expiresAt: Date;
}

/** Keeps it from being taken for any other token that has the same key. */
const TYPE = 'quote';
const ALGORITHM = 'HS256';

const payload = z.object({
  legs: z.string(),
  prices: z.array(z.array(z.object({ minor: z.number(), currency: z.string() }).nullable())),
});

/** @param readKey reads the key of all processes of the API @param validSeconds how long a quote can be booked */
export function createQuotes(readKey: () => Promise<Uint8Array>, validSeconds: number): Quotes {
  return {
    async sign(legs, prices) {
      const expiresAt = new Date((Math.floor(Date.now() / 1000) + validSeconds) * 1000);
      const id = await new SignJWT({ legs: fingerprintOf(legs), prices })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
        .setExpirationTime(expiresAt)
        .sign(await readKey());
      return { id, expiresAt };
    },
    async open(id, legs) {
      const refuse = (error: QuoteError) => ({ ok: false, errors: [error] }) as const;
      try {
        const { payload: claims } = await jwtVerify(id, await readKey(), {
          algorithms: [ALGORITHM],
          typ: TYPE,
        });
        const quoted = payload.parse(claims);
        if (quoted.legs !== fingerprintOf(legs)) return refuse(new QuoteMismatchError());
        return { ok: true, value: quoted.prices };
      } catch (error) {
        if (error instanceof errors.JWTExpired) return refuse(new QuoteExpiredError());
        if (!(error instanceof errors.JOSEError)) throw error;
        return refuse(new InvalidInputError(NOT_A_QUOTE, ['input', 'quoteId']));
      }
    },
  };
}

function fingerprintOf(legs: readonly RequestedLeg[]): string {
  return createHash('sha256')
    .update(JSON.stringify(contentOf(legs)))
    .digest('base64url');
}
