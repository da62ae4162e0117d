import { createHash, randomUUID } from 'node:crypto';
import type { OrderedLeg } from '../../model/legs.js';
import type { BookingOrder, BookingPolicy } from '../../model/order.js';
import type { RequestContext } from '../access/context.js';
import type { RequestedLeg, RequestedTrip } from './requested-trip.js';

/** Everything that is decided when a trip is accepted, except its ids. */
export interface OrderTerms extends Pick<RequestContext, 'caller' | 'requestId'> {
  /** The trip's legs, each with its supplier. */
  readonly legs: readonly OrderedLeg[];
  readonly policy: BookingPolicy;
  readonly idempotencyKey: string | undefined;
}

export function createOrder(
  userId: string,
  trip: RequestedTrip,
  { legs, caller, requestId, policy, idempotencyKey }: OrderTerms,
): BookingOrder {
  return {
    userId,
    name: trip.name,
    legs,
    caller,
    requestId,
    policy,
    fingerprint: fingerprintOf(trip, idempotencyKey),
  };
}

/**
 * Equal for equal trips under one key, different for different ones. The order and the ids of the legs count, and so does
 * the quote. How long the
 * client waits and which suppliers were chosen do not. The fingerprint outlives the traveller's name, and only the client
 * knows the key: without it, nobody can find the name by trying names. A trip without a key is never compared.
 */
export function fingerprintOf({ name, legs, quoteId }: RequestedTrip, key: string = randomUUID()): string {
  const content = [key, name, contentOf(legs), quoteId ?? null];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/** Everything that makes two lists of legs the same, for a fingerprint. */
export function contentOf(legs: readonly RequestedLeg[]): unknown[] {
  return legs.map(({ id, kind, offerIds, quantity, required, stage, maxAttempts }) => [
    id,
    kind,
    offerIds,
    quantity,
    required,
    stage,
    maxAttempts ?? null,
  ]);
}
