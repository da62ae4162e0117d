import type { BookingRecord } from '../../model/booking.js';
import type { BookingOrder, BookingPolicy } from '../../model/order.js';
import { DatabaseBusy, DatabaseUnavailable } from '../../model/service-unavailable.js';
import type { Wishes } from '../../database/wishes.js';
import type { RequestContext } from '../access/context.js';
import { PerhapsAccepted } from '../shared/errors.js';
import { checkInput } from '../shared/checks.js';
import { IdempotencyKeyReusedError } from '../shared/user-error.type.js';
import type { Outcome } from '../shared/booking.mapper.js';
import { bookVacationSchema, type BookVacationInput } from './booking.input.js';
import { createTripId, createUserId, digitsOfKey, randomDigits, type BookingIdStyle } from './ids.js';
import type { Nudger } from './nudger.js';
import { createOrder, tripOf, type ChooseSuppliers } from './order.js';
import { fromRecord, type Reader } from './read.js';
import type { Wait } from './wait.js';

export interface BookOutcome extends Outcome {
  /** The booking already existed, from an earlier request with the same idempotency key. */
  readonly replayed: boolean;
}

/** Accepts a trip. A booking that it returns has been recorded. @throws DatabaseUnavailable, PerhapsAccepted */
export type Book = (input: BookVacationInput, context: RequestContext) => Promise<BookOutcome>;

export interface BookParts {
  readonly wishes: Pick<Wishes, 'find' | 'accept'>;
  readonly nudger: Pick<Nudger, 'start'>;
  readonly reader: Pick<Reader, 'readOn'>;
  readonly wait: Wait;
  readonly chooseSuppliers: ChooseSuppliers;
  readonly policy: BookingPolicy;
  readonly idStyle: BookingIdStyle;
}

interface Accepted {
  readonly record: BookingRecord;
  readonly replayed: boolean;
}

type OrderFor = (userId: string) => BookingOrder;

export function createBook(parts: BookParts): Book {
  const { wishes, nudger, reader, wait, chooseSuppliers, policy, idStyle } = parts;

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
  async function acceptUnderRandomId(name: string, orderFor: OrderFor): Promise<Accepted> {
    for (;;) {
      const digits = randomDigits();
      const userId = createUserId(name, digits);
      const record = await accept(idStyle === 'opaque' ? createTripId(digits) : userId, orderFor(userId));
      if (record) return { record, replayed: false };
    }
  }

  /** With a key, the id is derived from it. It is looked up first, because an accepted trip is not decided again. */
  async function acceptUnderKey(id: string, order: BookingOrder): Promise<Accepted> {
    for (;;) {
      const known = await wishes.find(id);
      if (known) return { record: known, replayed: true };
      const record = await accept(id, order);
      if (record) return { record, replayed: false };
    }
  }

  return async (input, context) => {
    const { caller, requestId } = context;
    const checked = checkInput(bookVacationSchema, input);
    if (!checked.ok) return { replayed: false, userErrors: checked.errors };
    const { waitSeconds, idempotencyKey, ...requested } = checked.value;
    const trip = tripOf(requested);
    const terms = { legs: await chooseSuppliers(trip.legs), caller, requestId, policy, idempotencyKey };
    const orderFor: OrderFor = (userId) => createOrder(userId, trip, terms);

    let accepted: Accepted;
    if (idempotencyKey === undefined) {
      accepted = await acceptUnderRandomId(trip.name, orderFor);
    } else {
      const digits = digitsOfKey(caller, idempotencyKey);
      const order = orderFor(createUserId(trip.name, digits));
      accepted = await acceptUnderKey(createTripId(digits), order);
      if (accepted.record.order.fingerprint !== order.fingerprint) {
        return { replayed: false, userErrors: [new IdempotencyKeyReusedError(accepted.record.id)] };
      }
    }

    const { record, replayed } = accepted;
    const reading = replayed ? await reader.readOn(record) : fromRecord(record);
    // The wait joins before the start, so that it misses no news.
    const waiting = waitSeconds > 0 ? wait(reading, waitSeconds * 1000, context) : reading;
    if (!replayed) await nudger.start(record);
    return { reading: await waiting, replayed, userErrors: [] };
  };
}
