import { acceptedBooking } from '../contract/booking-state.js';
import type { BookingOrder } from '../contract/booking-order.js';
import type { Caller } from '../contract/trip.js';
import { checkRequest, MAX_ID_LENGTH, type BookVacationRequest } from './book-vacation-request.js';
import type { BookingEngine } from './booking-engine.port.js';
import { createUserId } from './booking-id.js';
import { createBookingReader, type BookingReading } from './booking-reader.js';
import { ServiceUnavailable, type UserError } from './errors.js';

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

export function createBookingService(engine: BookingEngine): BookingService {
  const reader = createBookingReader(engine);

  async function start(order: BookingOrder): Promise<string> {
    const id = order.userId;
    if ((await engine.start(id, order)) === 'started') return id;
    // Somebody else's booking has these digits. Theirs stays theirs: take others.
    return start({ ...order, userId: createUserId(order.trip.name) });
  }

  /** After the start nothing may lose the id: if the state can't be read, the booking is reported as accepted. */
  async function readOr(accepted: BookingReading): Promise<BookingReading> {
    try {
      return (await reader.read(accepted.booking.id)) ?? accepted;
    } catch (error) {
      if (error instanceof ServiceUnavailable) return accepted;
      throw error;
    }
  }

  return {
    async bookVacation(request, { caller, requestId }) {
      const checked = checkRequest(request);
      if (!checked.ok) return { replayed: false, userErrors: checked.errors };
      const { trip, waitSeconds } = checked;
      const acceptedAt = new Date().toISOString();
      const order = { userId: createUserId(trip.name), trip, caller, requestId, acceptedAt };
      const id = await start(order);
      const accepted = { booking: acceptedBooking(id, { ...order, userId: id }), asOf: acceptedAt };
      if (waitSeconds === 0) return { reading: accepted, replayed: false, userErrors: [] };
      await engine.waitUntilDone(id, waitSeconds * 1000);
      return { reading: await readOr(accepted), replayed: false, userErrors: [] };
    },

    async booking(id) {
      // No booking has such an id, and Temporal answers an overlong one with an error.
      if (id === '' || id.length > MAX_ID_LENGTH) return undefined;
      return reader.read(id);
    },
  };
}
