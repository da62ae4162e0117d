import { daysOf, totalOf } from '../../model/booked.js';
import {
  type BookingLeg,
  type BookingStatus,
  deadlineOf,
  isDone,
  legsOf,
  shownStatus,
} from '../../model/booking.js';
import { timelineOf, withAttempts, type LegAttempts } from '../../model/timeline.js';
import { tutorialReply } from '../../model/tutorial-reply.js';
import type { Booking, Leg, SagaEvent } from '../booking/booking.type.js';
import type { BookingReading } from '../booking/read.js';
import type { UserError } from './user-errors.js';

/** The outcome of a mutation: a booking, or why it was not accepted. */
export interface Outcome<E extends UserError> {
  readonly reading?: BookingReading;
  readonly userErrors: readonly E[];
}

/** Base address of Temporal's Web UI, and the namespace. */
export interface TemporalUi {
  readonly url: string;
  readonly namespace: string;
}

export interface BookingMapper {
  toBooking(reading: BookingReading): Booking;
  /** The fields that all mutation payloads share. */
  toPayload<E extends UserError>(outcome: Outcome<E>): { booking: Booking | null; userErrors: E[] };
}

export function createBookingMapper(ui?: TemporalUi): BookingMapper {
  const toBooking = (reading: BookingReading): Booking => ({
    ...bookingOf(reading),
    temporalUrl: ui ? workflowUrl(ui, reading.record.id) : null,
  });
  return {
    toBooking,
    toPayload: ({ reading, userErrors }) => ({
      booking: reading ? toBooking(reading) : null,
      userErrors: [...userErrors],
    }),
  };
}

function bookingOf(reading: BookingReading): Booking {
  const { asOf, source, attempts = [] } = reading;
  const record = withAttempts(reading.record, attempts);
  const { id, reference, order, acceptedAt, facts } = record;
  const { failure } = facts;
  const cancellation = record.callOff ?? facts.cancellation;
  return {
    id,
    reference,
    name: order.name,
    owner: order.caller.subject,
    userId: order.userId,
    status: shownStatus(record),
    done: isDone(record),
    createdAt: new Date(acceptedAt),
    deadline: goesForward(shownStatus(record)) ? new Date(deadlineOf(record)) : null,
    ...tutorialReply(record),
    total: totalOf(record),
    ...daysOf(record),
    legs: legsOf(record).map((leg) => toLeg(leg, reading)),
    failure: failure ? { ...failure, leg: kindOf(reading, failure.legId) } : null,
    cancellation: cancellation ? { ...cancellation, at: new Date(cancellation.at) } : null,
    asOf: new Date(asOf),
    source,
    reading,
  };
}

const goesForward = (status: BookingStatus) => status === 'PENDING' || status === 'BOOKING';

/** What the supplier held at booking stays, even if its offer changes or vanishes. */
function toLeg({ choices, ...leg }: BookingLeg, reading: BookingReading): Leg {
  const { id: legId, kind, holding, failure, tried, since } = leg;
  const [, ...alternatives] = choices.map(({ offerId }) => offerId);
  return {
    ...leg,
    ...holding,
    alternatives,
    tried: tried.map((one, index) => ({ ...one, offerId: choices[index]!.offerId })),
    failure: failure ? { ...failure, leg: kind, legId } : null,
    since: since ? new Date(since) : null,
    reading,
  };
}

export function toTimeline(reading: BookingReading, attempts: readonly LegAttempts[]): SagaEvent[] {
  return timelineOf(reading.record, attempts).map((event) => ({
    ...event,
    leg: kindOf(reading, event.legId),
    at: new Date(event.at),
  }));
}

function kindOf({ record }: BookingReading, legId: string | undefined) {
  return record.order.legs.find(({ id }) => id === legId)?.kind ?? null;
}

function workflowUrl({ url, namespace }: TemporalUi, id: string): string {
  const path = `namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(id)}`;
  return `${url.replace(/\/+$/, '')}/${path}`;
}
