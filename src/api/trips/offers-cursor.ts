import { z } from 'zod';
import type { Offer } from '../../model/offer.js';
import { fromCursor, toCursor } from '../shared/cursor.js';
import { id } from '../shared/texts.js';

/** A day that PostgreSQL knows too: its years begin with 1. */
const day = z.iso.date().regex(/^(?!0000)/);

const position = z.tuple([day, id('id')]);

export type OfferPosition = Pick<Offer, 'from' | 'id'>;

export function encodeCursor({ from, id }: OfferPosition): string {
  return toCursor([from, id]);
}

/** @throws InvalidQuery for what `encodeCursor` never made */
export function decodeCursor(cursor: string): OfferPosition {
  const [from, offer] = fromCursor(position, cursor);
  return { from, id: offer };
}
