import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  BookingDocument,
  BookVacationDocument,
  CancelBookingDocument,
  RetryUndoDocument,
} from '../../src/client/generated.js';
import type { LocalTemporalServer } from '../../src/dev/temporal-server.js';
import type { BookingStatus } from '../../src/model/booking.js';
import { request } from '../support/graphql-client.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { startLimitedServer } from '../support/temporal-server.js';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { TRIP } from './fixtures/client.js';

/** A Temporal server that allows three calls a second, workers' polls included, and refuses the rest: RESOURCE_EXHAUSTED. */

let server: LocalTemporalServer;
let room: SagaRoom;
let api: TestApi;
beforeAll(async () => {
  server = await startLimitedServer({ 'frontend.namespaceRPS': '3' });
  room = await openSagaRoom({ temporalAddress: server.address, watchmanRoundMs: 500 });
  api = await startTestApi({ room, temporalAddress: server.address });
});
/** The log lines that ask operators to investigate. */
const bugs = () => api.log.filter(({ level }) => level >= 50);

afterAll(async () => {
  await api.stop();
  await room.close();
  await server.stop();
});

const PATIENCE = { timeout: 150_000, interval: 250 };

async function ended(id: string, status: BookingStatus): Promise<void> {
  await expect.poll(async () => (await room.trip(id).record()).status, PATIENCE).toBe(status);
}

test('twenty concurrent trips are accepted, read and called off, and all of it is carried out', async () => {
  const booked = await Promise.all(
    Array.from({ length: 20 }, () => request(api.url, BookVacationDocument, { input: TRIP })),
  );
  const ids = booked.map(({ data, errors }) => {
    expect(errors).toBeUndefined();
    return data!.bookVacation.booking!.id;
  });
  const read = await Promise.all(ids.map((id) => request(api.url, BookingDocument, { id })));
  for (const { data, errors } of read) {
    expect(errors).toBeUndefined();
    expect(['PENDING', 'BOOKING', 'CONFIRMED']).toContain(data!.booking!.status);
  }
  const unwanted = ids.slice(3);
  const cancelled = await Promise.all(
    unwanted.map((id) => request(api.url, CancelBookingDocument, { input: { id, reason: 'test' } })),
  );
  for (const { data, errors } of cancelled) {
    expect(errors).toBeUndefined();
    expect(data!.cancelBooking).toMatchObject({
      booking: { cancellation: { reason: 'test' } },
      userErrors: [],
    });
  }
  for (const id of ids) await ended(id, unwanted.includes(id) ? 'CANCELLED' : 'CONFIRMED');
  for (const id of ids) expect(room.trip(id).held()).toHaveLength(unwanted.includes(id) ? 0 : 3);
  expect(bugs()).toEqual([]);
});

test('ten concurrent operators learn that the decision was made, was made before, or when to retry', async () => {
  const input = { ...TRIP, car: 'car-undo-down-1', flight: 'invalid-flight' };
  const { data } = await request(api.url, BookVacationDocument, { input });
  const { id } = data!.bookVacation.booking!;
  await ended(id, 'NEEDS_ATTENTION');
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => request(api.url, RetryUndoDocument, { input: { id, legId: 'car' } })),
  );
  for (const { errors = [] } of answers) {
    for (const { extensions } of errors)
      expect(extensions).toMatchObject({ retryAfterSeconds: expect.any(Number) as number });
  }
  expect(bugs()).toEqual([]);
  // Rejected operators retry.
  await expect
    .poll(
      async () => {
        await request(api.url, RetryUndoDocument, { input: { id, legId: 'car' } });
        return (await room.trip(id).record()).status;
      },
      { ...PATIENCE, interval: 3000 },
    )
    .toBe('CANCELLED');
});
