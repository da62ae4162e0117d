import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import { InvalidQuery } from './errors.js';

/** Where a page of a list ends. Opaque to clients, so that the order of a list may become another one. */
export function toCursor(position: readonly string[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws InvalidQuery for what `toCursor` never made of such a position */
export function fromCursor<T extends z.ZodType>(schema: T, cursor: string): z.infer<T> {
  try {
    const bytes = Buffer.from(cursor, 'base64url');
    if (!isUtf8(bytes)) throw new Error('not UTF-8');
    return schema.parse(JSON.parse(bytes.toString()));
  } catch {
    throw new InvalidQuery('after is no cursor of this list.');
  }
}
