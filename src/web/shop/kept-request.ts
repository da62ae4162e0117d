import type { BookTripInput } from '../../client/generated.js';

/** A request to book whose answer isn't known yet. Sent again as it is, it books once, because it has an idempotency key. */
export interface KeptRequest {
  /** Subject of the visitor who sent it. */
  readonly owner: string;
  /** What was sent, whole: another quote would be another request. */
  readonly input: BookTripInput;
  /** The page that it was sent from. */
  readonly address: string;
  /** When it was sent first; ISO 8601. */
  readonly at: string;
}

const KEY = 'tripsaga:request';

/** Kept until an answer is known, over a reload too. Another visitor of the same tab doesn't get it. */
export const keptRequest = {
  read(owner: string): KeptRequest | undefined {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as KeptRequest | null;
    return kept?.owner === owner ? kept : undefined;
  },
  keep: (request: KeptRequest): void => sessionStorage.setItem(KEY, JSON.stringify(request)),
  forget: (): void => sessionStorage.removeItem(KEY),
};

/** Avoids randomUUID(), which browsers provide on https and localhost only. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
