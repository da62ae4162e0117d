import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import DataLoader from 'dataloader';
import type { RequestContext } from '../booking/booking-service.js';
import type { BookingArchive } from '../../model/booking-archive.js';
import type { AttemptEvent } from '../../model/booking-journal.js';
import { ANONYMOUS } from '../../model/trip.js';

export interface GraphqlContext extends RequestContext {
  /** The attempts of bookings, by id: of all that one request asks for, in one statement. */
  readonly attempts: DataLoader<string, readonly AttemptEvent[]>;
}

const REQUEST_ID = /^[\w.:+/=-]{1,128}$/;

/** The caller's own `X-Request-Id` where it is harmless in a log line, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

export type ContextFactory = (requestId: string) => GraphqlContext;

/** Everybody is anonymous until authentication is configured. */
export function createContextFactory(archive: Pick<BookingArchive, 'attempts'>): ContextFactory {
  return (requestId) => ({
    caller: ANONYMOUS,
    requestId,
    attempts: new DataLoader(async (ids) => {
      const found = await archive.attempts(ids);
      return ids.map((id) => found.get(id) ?? []);
    }),
  });
}
