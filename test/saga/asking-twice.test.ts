import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBookingReader } from '../../src/api/booking/booking-reader.js';
import { createBookingService, type BookingService } from '../../src/api/booking/booking-service.js';
import { ANONYMOUS } from '../../src/model/trip.js';
import { anOrder } from '../support/trips.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { done } from '../support/expectations.js';

let room: SagaRoom;
let service: BookingService;
beforeAll(async () => {
  room = await openSagaRoom();
  const policy = { deadlineSeconds: 900, undoAttempts: 10 };
  service = createBookingService(room.engine, room.archive, createBookingReader(room.engine, room.archive), {
    policy,
    idStyle: 'readable',
  });
});
afterAll(() => room.close());

const CONTEXT = { caller: ANONYMOUS, requestId: 'request-1' };
const request = (idempotencyKey: string, name = 'John Doe') => ({
  name,
  attempts: 5,
  car: 'car',
  hotel: 'hotel-down-0',
  flight: `flight-${idempotencyKey}`,
  waitSeconds: 0,
  idempotencyKey: `${room.taskQueue}-${idempotencyKey}`,
});

test('law 7: a hundred concurrent calls with one key start one workflow', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => service.bookVacation(request('many'), CONTEXT)),
  );
  const ids = new Set(answers.map(({ reading }) => reading?.booking.id));
  expect(ids.size).toBe(1);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  const [id] = [...ids] as [string];
  expect((await done(room, id)).status).toBe('CONFIRMED');
  expect(room.calls.filter(({ offerId }) => offerId === 'flight-many')).toHaveLength(1);
});

test('law 7: the same key after the booking is done is the same booking, not a second one', async () => {
  const first = await service.bookVacation({ ...request('after'), waitSeconds: 30 }, CONTEXT);
  expect(first).toMatchObject({ replayed: false, reading: { booking: { status: 'CONFIRMED' } } });
  const again = await service.bookVacation(request('after'), CONTEXT);
  expect(again.replayed).toBe(true);
  expect(again.reading?.booking).toEqual(first.reading?.booking);
  expect(room.calls.filter(({ offerId }) => offerId === 'flight-after')).toHaveLength(1);
});

test('law 7: an id that was used never runs again, also when its booking is done', async () => {
  const order = anOrder();
  expect(await room.engine.start(order.userId, order)).toEqual({ started: true });
  await done(room, order.userId);
  const { fingerprint, acceptedAt } = order;
  expect(await room.engine.start(order.userId, order)).toEqual({ started: false, fingerprint, acceptedAt });
});

test('law 7: the same key for another trip is refused, with the booking that has it', async () => {
  const first = await service.bookVacation(request('other'), CONTEXT);
  const other = await service.bookVacation(request('other', 'Jane Doe'), CONTEXT);
  expect(other.userErrors).toMatchObject([
    { code: 'IDEMPOTENCY_KEY_REUSED', bookingId: first.reading?.booking.id },
  ]);
});

test('without a key, asking twice is two bookings', async () => {
  const { idempotencyKey: _, ...keyless } = request('none');
  const answers = await Promise.all([
    service.bookVacation(keyless, CONTEXT),
    service.bookVacation(keyless, CONTEXT),
  ]);
  expect(new Set(answers.map(({ reading }) => reading?.booking.id)).size).toBe(2);
});
