import type { BookingReading } from '../booking/booking-reader.js';
import type { UserError as DomainUserError } from './errors.js';
import { tutorialReply } from '../../model/tutorial-reply.js';
import type { Booking } from '../booking/booking.type.js';
import { USER_ERROR_TYPES, type UserError } from './user-error.type.js';

/** Base address of Temporal's Web UI and the namespace; absent where operators have none to show. */
export interface TemporalUi {
  readonly url: string;
  readonly namespace: string;
}

export function toBooking({ booking, asOf, source }: BookingReading, ui?: TemporalUi): Booking {
  const { id, userId, status, done, createdAt, legs, failure, cancellation, timeline } = booking;
  return {
    id,
    userId,
    status,
    done,
    createdAt: new Date(createdAt),
    ...tutorialReply(booking),
    legs: legs.map((leg) => ({ ...leg, since: leg.since ? new Date(leg.since) : null })),
    failure: failure ?? null,
    cancellation: cancellation ? { ...cancellation, at: new Date(cancellation.at) } : null,
    ownTimeline: timeline,
    asOf: new Date(asOf),
    source,
    temporalUrl: ui ? workflowUrl(ui, id) : null,
  };
}

function workflowUrl({ url, namespace }: TemporalUi, id: string): string {
  const path = `namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(id)}`;
  return `${url.replace(/\/+$/, '')}/${path}`;
}

export function toUserError(error: DomainUserError): UserError {
  return Object.assign(new USER_ERROR_TYPES[error.code](), { ...error, field: [...error.field] });
}
