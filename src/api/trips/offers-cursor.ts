import { z } from 'zod';
import type { Offer } from '../../model/offer.js';
import { fromCursor, toCursor } from '../shared/cursor.js';
import { id } from '../shared/texts.js';

/** A day that PostgreSQL knows too: its years begin with 1. */
export const day = (what: string) =>
  z.iso.date(`${what} must be a date such as 2027-05-31.`).refine((value) => !value.startsWith('0000'), {
    error: `${what} must be a date such as 2027-05-31.`,
  });

const position = z.tuple([day('from'), id('id')]);

export type OfferPosition = Pick<Offer, 'from' | 'id'>;

export function encodeCursor({ from, id }: OfferPosition): string {
  return toCursor([from, id]);
}

/** @throws InvalidQuery for what `encodeCursor` never made */
export function decodeCursor(cursor: string): OfferPosition {
  const [from, offer] = fromCursor(position, cursor);
  return { from, id: offer };
}
