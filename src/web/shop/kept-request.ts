import type { BookTripInput } from '../../client/generated.js';

/** A request to book whose answer isn't known yet. Sent again as it is, it books once, because it has an idempotency key. */
export interface KeptRequest {
  /** What was sent, whole: another quote would be another request. */
  readonly input: BookTripInput;
  /** When it was sent first; ISO 8601. */
  readonly at: string;
}

const keyOf = (owner: string) => `tripsaga:request of ${owner}`;

/** Kept until an answer is known, over a reload too. Each visitor of the same tab has their own. */
export const keptRequest = {
  read: (owner: string) => JSON.parse(sessionStorage.getItem(keyOf(owner)) ?? 'null') as KeptRequest | null,
  keep: (owner: string, request: KeptRequest): void =>
    sessionStorage.setItem(keyOf(owner), JSON.stringify(request)),
  forget: (owner: string): void => sessionStorage.removeItem(keyOf(owner)),
};

/** Avoids randomUUID(), which browsers provide on https and localhost only. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
