import type { BookingRecord } from '../../model/booking.js';
import type { BookingOrder, BookingPolicy } from '../../model/order.js';
import { DatabaseBusy, DatabaseUnavailable } from '../../model/service-unavailable.js';
import type { Wishes } from '../../database/wishes.js';
import type { RequestContext } from '../access/context.js';
import { PerhapsAccepted } from '../shared/errors.js';
import type { OrderedLeg } from '../../model/legs.js';
import type { Checked } from '../shared/checks.js';
import { IdempotencyKeyReusedError, type UserError } from '../shared/user-errors.js';
import type { Outcome } from '../shared/booking.mapper.js';
import { createTripId, createUserId, digitsOfKey, randomDigits, type BookingIdStyle } from './ids.js';
import type { Nudger } from './nudger.js';
import { createOrder, fingerprintOf } from './order.js';
import { fromRecord, type Reader } from './read.js';
import type { TripRequest } from './requested-trip.js';
import type { Wait } from './wait.js';

export interface BookOutcome<E extends UserError> extends Outcome<E | IdempotencyKeyReusedError> {
  /** The booking already existed, from an earlier request with the same idempotency key. */
  readonly replayed: boolean;
}

/** Decides which legs are ordered: from which suppliers, at which prices. */
export type OrderLegs<E extends UserError> = () => Promise<Checked<readonly OrderedLeg[], E>>;

/**
 * Accepts a trip. A booking that it returns has been recorded.
 * @param orderLegs isn't called for a known idempotency key: whatever has changed since, its booking is the answer
 * @throws DatabaseUnavailable, PerhapsAccepted
 */
export type Book = <E extends UserError>(
  request: TripRequest,
  orderLegs: OrderLegs<E>,
  context: RequestContext,
) => Promise<BookOutcome<E>>;

export interface BookParts {
  readonly wishes: Pick<Wishes, 'find' | 'accept'>;
  readonly nudger: Pick<Nudger, 'start'>;
  readonly reader: Pick<Reader, 'readOn'>;
  readonly wait: Wait;
  readonly policy: BookingPolicy;
  readonly idStyle: BookingIdStyle;
}

interface Accepted {
  readonly record: BookingRecord;
  readonly replayed: boolean;
}

const recorded = (record: BookingRecord, replayed: boolean) =>
  ({ ok: true, value: { record, replayed } }) as const;

export function createBook(parts: BookParts): Book {
  const { wishes, nudger, reader, wait, policy, idStyle } = parts;

  async function accept(id: string, order: BookingOrder): Promise<BookingRecord | undefined> {
    try {
      return await wishes.accept(id, order);
    } catch (error) {
      // While all connections are in use, nothing is sent.
      if (error instanceof DatabaseUnavailable && !(error instanceof DatabaseBusy))
        throw new PerhapsAccepted(id, { cause: error });
      throw error;
    }
  }

  /** Without a key the id is random. An id that is taken belongs to another booking, so another one is drawn. */
  async function acceptUnderRandomId<E extends UserError>(
    { trip }: TripRequest,
    orderLegs: OrderLegs<E>,
    { caller, requestId }: RequestContext,
  ): Promise<Checked<Accepted, E>> {
    const legs = await orderLegs();
    if (!legs.ok) return legs;
    const terms = { legs: legs.value, caller, requestId, policy, idempotencyKey: undefined };
    for (;;) {
      const digits = randomDigits();
      const userId = createUserId(trip.name, digits);
      const id = idStyle === 'opaque' ? createTripId(digits) : userId;
      const record = await accept(id, createOrder(userId, trip, terms));
      if (record) return recorded(record, false);
    }
  }

  /** With a key, the id is derived from it. It is looked up first, because an accepted trip is not decided again. */
  async function acceptUnderKey<E extends UserError>(
    idempotencyKey: string,
    { trip }: TripRequest,
    orderLegs: OrderLegs<E>,
    { caller, requestId }: RequestContext,
  ): Promise<Checked<Accepted, E | IdempotencyKeyReusedError>> {
    const digits = digitsOfKey(caller, idempotencyKey);
    const id = createTripId(digits);
    for (;;) {
      const known = await wishes.find(id);
      if (known && known.order.fingerprint !== fingerprintOf(trip, idempotencyKey))
        return { ok: false, errors: [new IdempotencyKeyReusedError(id)] };
      if (known) return recorded(known, true);
      const legs = await orderLegs();
      if (!legs.ok) return legs;
      const terms = { legs: legs.value, caller, requestId, policy, idempotencyKey };
      const record = await accept(id, createOrder(createUserId(trip.name, digits), trip, terms));
      if (record) return recorded(record, false);
    }
  }

  return async (request, orderLegs, context) => {
    const { waitSeconds, idempotencyKey: key } = request;
    const accepted =
      key === undefined
        ? await acceptUnderRandomId(request, orderLegs, context)
        : await acceptUnderKey(key, request, orderLegs, context);
    if (!accepted.ok) return { replayed: false, userErrors: accepted.errors };

    const { record, replayed } = accepted.value;
    const reading = replayed ? await reader.readOn(record) : fromRecord(record);
    // The wait joins before the start, so that it misses no news.
    const waiting = waitSeconds > 0 ? wait(reading, waitSeconds * 1000, context, !replayed) : reading;
    if (!replayed) await nudger.start(record);
    return { reading: await waiting, replayed, userErrors: [] };
  };
}
