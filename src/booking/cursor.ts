import { z } from 'zod';
import type { ArchivePosition } from '../contract/booking-archive.js';
import { MAX_ID_LENGTH, text } from './checks.js';

/** Opaque to clients, so that we may change what is in it. */
export function toCursor({ createdAt, id }: ArchivePosition): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');
}

const schema = z.tuple([z.iso.datetime().regex(/^[1-9]/), text('id', MAX_ID_LENGTH)]);

/** `undefined` for what is no cursor of ours. */
export function fromCursor(cursor: string): ArchivePosition | undefined {
  try {
    const [createdAt, id] = schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { createdAt, id };
  } catch {
    return undefined;
  }
}
