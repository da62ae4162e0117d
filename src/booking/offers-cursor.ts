import { z } from 'zod';
import type { Offer } from '../contract/offer.js';
import { MAX_ID_LENGTH, text } from './checks.js';
import { InvalidQuery } from './invalid-query.js';

/** A day that PostgreSQL knows too: its years begin with 1. */
export const day = (what: string) =>
  z.iso.date(`${what} must be a date such as 2027-05-31.`).refine((value) => !value.startsWith('0000'), {
    error: `${what} must be a date such as 2027-05-31.`,
  });

const position = z.tuple([day('from'), text('id', MAX_ID_LENGTH)]);

export type OfferPosition = Pick<Offer, 'from' | 'id'>;

/** Where a page ends. Opaque to clients, so that the order of the list may become another one. */
export function encodeCursor({ from, id }: OfferPosition): string {
  return Buffer.from(JSON.stringify([from, id])).toString('base64url');
}

/** @throws InvalidQuery for what `encodeCursor` never made */
export function decodeCursor(cursor: string): OfferPosition {
  try {
    const [from, id] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { from, id };
  } catch {
    throw new InvalidQuery('after is no cursor of this list.');
  }
}
