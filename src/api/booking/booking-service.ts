import { acceptedBooking } from '../../model/booking-state.js';
import type { BookingArchive } from '../../model/booking-archive.js';
import type { BookingOrder, BookingPolicy } from '../../model/booking-order.js';
import type { Caller } from '../../model/trip.js';
import { checkRequest, type BookVacationRequest } from './book-vacation-request.js';
import type { BookingEngine } from '../../model/booking-engine.port.js';
import { createTripId, createUserId, digitsOfKey, randomDigits, type BookingIdStyle } from './ids.js';
import type { BookingReader, BookingReading } from './booking-reader.js';
import { MAX_ID_LENGTH } from '../shared/checks.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import { idempotencyKeyReused, type UserError } from '../shared/errors.js';
import { fingerprintOf } from './fingerprint.js';

/** Who asks, and under which request id. */
export interface RequestContext {
  readonly caller: Caller;
  readonly requestId: string;
}

export interface BookVacationOutcome {
  readonly reading?: BookingReading;
  /** The booking was there already, from an earlier request with the same idempotency key. */
  readonly replayed: boolean;
  readonly userErrors: readonly UserError[];
}

export interface BookingService {
  bookVacation(request: BookVacationRequest, context: RequestContext): Promise<BookVacationOutcome>;
  /** `undefined` for an unknown id. @throws WorkerUnavailable, EngineUnavailable */
  booking(id: string): Promise<BookingReading | undefined>;
}

export interface BookingServiceOptions {
  readonly policy: BookingPolicy;
  readonly idStyle: BookingIdStyle;
}

export function createBookingService(
  engine: Pick<BookingEngine, 'start' | 'waitUntilDone'>,
  archive: Pick<BookingArchive, 'find'>,
  reader: BookingReader,
  { policy, idStyle }: BookingServiceOptions,
): BookingService {
  /** Without a key ids are random, and one that is taken is somebody else's: theirs stays theirs, take another. */
  async function startUnderRandomId(order: BookingOrder): Promise<BookingReading> {
    const digits = randomDigits();
    const userId = createUserId(order.trip.name, digits);
    const id = idStyle === 'opaque' ? createTripId(digits) : userId;
    const { started } = await engine.start(id, { ...order, userId });
    return started ? accepted(id, { ...order, userId }) : startUnderRandomId(order);
  }

  /** With a key the id follows from it: whoever starts second finds the first one's booking. */
  async function startUnderKey(order: BookingOrder, key: string) {
    const digits = digitsOfKey(order.caller, key);
    const id = createTripId(digits);
    const own = { ...order, userId: createUserId(order.trip.name, digits) };
    // Temporal forgets a booking after its retention, the journal never. Asked first, and not in vain: a key that can't be
    // looked up starts nothing.
    const archived = await archive.find(id);
    const outcome = archived ? { started: false as const, ...archived.order } : await engine.start(id, own);
    if (outcome.started) return { reading: accepted(id, own), replayed: false };
    if (outcome.fingerprint !== order.fingerprint) return { error: idempotencyKeyReused(id) };
    return { reading: accepted(id, { ...own, acceptedAt: outcome.acceptedAt }), replayed: true };
  }

  /** After the start nothing may lose the id: if the state can't be read, the booking is reported as it was accepted. */
  async function readOr(reading: BookingReading): Promise<BookingReading> {
    try {
      return (await reader.read(reading.booking.id)) ?? reading;
    } catch (error) {
      if (error instanceof ServiceUnavailable) return reading;
      throw error;
    }
  }

  return {
    async bookVacation(request, { caller, requestId }) {
      const checked = checkRequest(request);
      if (!checked.ok) return { replayed: false, userErrors: checked.errors };
      const { trip, waitSeconds, idempotencyKey } = checked.value;
      const acceptedAt = new Date().toISOString();
      const order = {
        userId: '',
        trip,
        caller,
        requestId,
        acceptedAt,
        policy,
        fingerprint: fingerprintOf(trip),
      };

      const begun = idempotencyKey
        ? await startUnderKey(order, idempotencyKey)
        : { reading: await startUnderRandomId(order), replayed: false };
      if ('error' in begun) return { replayed: false, userErrors: [begun.error] };
      const { reading, replayed } = begun;
      if (waitSeconds > 0) await engine.waitUntilDone(reading.booking.id, waitSeconds * 1000);
      // What was started just now is PENDING; there is nothing to read that is worth a query.
      const latest = waitSeconds > 0 || replayed ? await readOr(reading) : reading;
      return { reading: latest, replayed, userErrors: [] };
    },

    async booking(id) {
      // No booking has such an id, and Temporal and PostgreSQL answer an overlong one, or odd characters, with errors.
      if (id === '' || id.length > MAX_ID_LENGTH || /[\p{Cc}\p{Surrogate}]/u.test(id)) return undefined;
      return reader.read(id);
    },
  };
}

function accepted(id: string, order: BookingOrder): BookingReading {
  return { booking: acceptedBooking(id, order), asOf: order.acceptedAt, source: 'LIVE' };
}
