import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  BookingDocument,
  BookVacationDocument,
  CancelBookingDocument,
  RetryUndoDocument,
  SettleUndoDocument,
} from '../../src/client/generated.js';
import { done } from '../support/expectations.js';
import { request } from '../support/graphql-client.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { serve, servicesOver, type ServedApi } from './fixtures/api.js';

let room: SagaRoom;
let api: ServedApi;
beforeAll(async () => {
  room = await openSagaRoom();
  api = await serve(servicesOver(room.engine));
});
afterAll(async () => {
  await api.stop();
  await room.close();
});

const TRIP = { name: 'John Doe', car: 'car', hotel: 'hotel-down-0', flight: 'flight', waitSeconds: 30 };

async function book(choice: Partial<typeof TRIP> & { idempotencyKey?: string } = {}) {
  const { data } = await request(api.url, BookVacationDocument, { input: { ...TRIP, ...choice } });
  return data?.bookVacation;
}

const read = async (id: string) => (await request(api.url, BookingDocument, { id })).data?.booking;

async function bookStuck(): Promise<string> {
  const { workflowId } = await room.start({
    car: 'car-undo-down',
    flight: 'invalid-flight',
    policy: { undoAttempts: 1 },
  });
  await vi.waitFor(async () => expect((await read(workflowId))?.status).toBe('NEEDS_ATTENTION'), 20_000);
  return workflowId;
}

describe('an idempotency key', () => {
  test('makes asking twice one booking, and says so', async () => {
    const idempotencyKey = `${room.taskQueue}-twice`;
    const first = await book({ idempotencyKey });
    const again = await book({ idempotencyKey });
    expect(first).toMatchObject({ replayed: false, booking: { status: 'CONFIRMED' } });
    expect(again).toMatchObject({ replayed: true, userErrors: [], booking: { id: first?.booking?.id } });
  });

  test('that was used for another trip is a typed error that names the booking', async () => {
    const idempotencyKey = `${room.taskQueue}-other`;
    const first = await book({ idempotencyKey });
    expect(await book({ idempotencyKey, car: 'another-car' })).toMatchObject({
      booking: null,
      userErrors: [
        {
          __typename: 'IdempotencyKeyReusedError',
          code: 'IDEMPOTENCY_KEY_REUSED',
          field: ['input', 'idempotencyKey'],
          bookingId: first?.booking?.id,
        },
      ],
    });
  });
});

describe('cancelBooking', () => {
  const cancel = async (input: { id: string; reason?: string }) =>
    (await request(api.url, CancelBookingDocument, { input })).data?.cancelBooking;

  test('calls a confirmed booking off: it is seen rolling back at once, then cancelled, with who and why', async () => {
    const id = (await book())?.booking?.id as string;
    expect(await cancel({ id, reason: 'the dog is ill' })).toMatchObject({
      booking: { id, status: 'ROLLING_BACK', done: false, cancelled: null, result: null },
      userErrors: [],
    });
    await vi.waitFor(async () => expect((await read(id))?.done).toBe(true), 20_000);
    expect(await read(id)).toMatchObject({
      status: 'CANCELLED',
      cancelled: true,
      result: 'Voyage cancelled',
      cancellation: { by: 'anonymous', reason: 'the dog is ill' },
      failure: { code: 'CANCELLED', leg: null },
    });
  });

  test('of a booking that is cancelled already is a typed error', async () => {
    const id = (await book({ car: 'invalid-car' }))?.booking?.id as string;
    expect(await cancel({ id })).toMatchObject({
      booking: null,
      userErrors: [
        { __typename: 'AlreadyCancelledError', code: 'ALREADY_CANCELLED', field: ['input', 'id'] },
      ],
    });
  });

  test('of an unknown booking is a typed error', async () => {
    expect(await cancel({ id: 'nobody-1' })).toMatchObject({
      booking: null,
      userErrors: [{ __typename: 'BookingNotFoundError', code: 'BOOKING_NOT_FOUND', field: ['input', 'id'] }],
    });
  });

  test.each([
    [{ id: '' }, 'id'],
    [{ id: 'x'.repeat(201) }, 'id'],
    [{ id: 'x', reason: ' ' }, 'reason'],
    [{ id: 'x', reason: 'r'.repeat(501) }, 'reason'],
  ])('with a wrong input is a typed error at its field: %#', async (input, field) => {
    const { userErrors } = (await cancel(input)) ?? {};
    expect(userErrors).toMatchObject([{ __typename: 'InvalidInputError', field: ['input', field] }]);
  });
});

describe('a stuck undo', () => {
  test('tells its attempts, last error and since when, and can be retried', async () => {
    const id = await bookStuck();
    const [car] = (await read(id))?.legs ?? [];
    expect(car).toMatchObject({ kind: 'CAR', state: 'UNDO_FAILED', attempts: 1 });
    expect(car?.lastError).toContain("can't be released");
    expect(new Date(car?.since ?? '').getTime()).toBeLessThanOrEqual(Date.now());
    const { data } = await request(api.url, RetryUndoDocument, { input: { id, leg: 'CAR' } });
    expect(data?.retryUndo).toMatchObject({ booking: { id }, userErrors: [] });
  });

  test('can be settled by hand, which the timeline tells', async () => {
    const id = await bookStuck();
    const { data } = await request(api.url, SettleUndoDocument, {
      input: { id, leg: 'CAR', note: 'phoned' },
    });
    expect(data?.settleUndo).toMatchObject({ booking: { id }, userErrors: [] });
    await vi.waitFor(async () => expect((await read(id))?.status).toBe('CANCELLED'), 20_000);
    expect((await read(id))?.timeline.at(-1)).toMatchObject({
      leg: 'CAR',
      state: 'UNDONE',
      message: 'Settled by hand by anonymous: phoned',
    });
  });

  test('is needed for both: another leg, or another booking, is a typed error', async () => {
    const id = await bookStuck();
    const retry = await request(api.url, RetryUndoDocument, { input: { id, leg: 'HOTEL' } });
    expect(retry.data?.retryUndo.userErrors).toMatchObject([
      { __typename: 'UndoNotStuckError', code: 'UNDO_NOT_STUCK', field: ['input', 'leg'] },
    ]);
    const settle = await request(api.url, SettleUndoDocument, {
      input: { id: 'nobody-1', leg: 'CAR', note: 'n' },
    });
    expect(settle.data?.settleUndo.userErrors).toMatchObject([{ __typename: 'BookingNotFoundError' }]);
    const noteless = await request(api.url, SettleUndoDocument, { input: { id, leg: 'CAR', note: ' ' } });
    expect(noteless.data?.settleUndo.userErrors).toMatchObject([
      { __typename: 'InvalidInputError', field: ['input', 'note'] },
    ]);
  });
});

test('without a worker an operation says so, and can be asked for again', async () => {
  const closed = await openSagaRoom({ withWorker: false });
  const lonely = await serve(servicesOver(closed.engine));
  const { workflowId: id } = await closed.start();
  const cancel = () => request(lonely.url, CancelBookingDocument, { input: { id } });
  expect((await cancel()).errors).toMatchObject([{ extensions: { code: 'WORKER_UNAVAILABLE' } }]);
  await closed.startWorker();
  expect((await cancel()).errors).toBeUndefined();
  expect((await done(closed, id)).status).toBe('CANCELLED');
  await lonely.stop();
  await closed.close();
});
