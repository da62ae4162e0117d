import { describe, expect, test, vi } from 'vitest';
import type { BookingEngine } from '../../src/model/booking-engine.port.js';
import { createBookingReader } from '../../src/api/booking/booking-reader.js';
import { createBookingService as createService } from '../../src/api/booking/booking-service.js';
import { EngineUnavailable, WorkerUnavailable } from '../../src/model/service-unavailable.js';
import type { BookingOrder } from '../../src/model/booking-order.js';
import { acceptedBooking, type BookingState } from '../../src/model/booking-state.js';
import { ANONYMOUS } from '../../src/model/trip.js';

const CONTEXT = { caller: ANONYMOUS, requestId: 'request-1' };
const TAKEN = {
  started: false,
  fingerprint: 'of somebody else',
  acceptedAt: '2026-01-01T00:00:00.000Z',
} as const;
const EMPTY_ARCHIVE = { find: async () => undefined };
const OPTIONS = { policy: { deadlineSeconds: 900, undoAttempts: 30 }, idStyle: 'readable' } as const;
const createBookingService = (engine: BookingEngine) =>
  createService(engine, EMPTY_ARCHIVE, createBookingReader(engine, EMPTY_ARCHIVE), OPTIONS);
const REQUEST = { name: 'John Doe', attempts: 5, car: 'c', hotel: 'h', flight: 'f', waitSeconds: 0 };

function fakeEngine(overrides: Partial<BookingEngine> = {}) {
  const orders = new Map<string, BookingOrder>();
  const engine: BookingEngine = {
    async start(id, order) {
      const earlier = orders.get(id);
      if (!earlier) orders.set(id, order);
      return earlier
        ? { started: false, fingerprint: earlier.fingerprint, acceptedAt: earlier.acceptedAt }
        : { started: true };
    },
    read: async (id) => {
      const order = orders.get(id);
      return order && { ...acceptedBooking(id, order), status: 'BOOKING' };
    },
    waitUntilDone: async () => undefined,
    cancel: async () => 'unknown',
    retryUndo: async () => 'unknown',
    settleUndo: async () => 'unknown',
    ...overrides,
  };
  return { engine, orders };
}

test('a booking is started under its user id, with who asked and under which request', async () => {
  const { engine, orders } = fakeEngine();
  const { reading, userErrors } = await createBookingService(engine).bookVacation(REQUEST, CONTEXT);
  expect(userErrors).toEqual([]);
  const [[id, order]] = [...orders] as [[string, BookingOrder]];
  expect(id).toMatch(/^john-doe-\d{16}$/);
  expect(order).toMatchObject({ userId: id, ...CONTEXT });
  expect(reading?.booking).toMatchObject({ id, status: 'PENDING', done: false });
});

test('digits that are taken are taken over by nobody: others are drawn', async () => {
  const { engine, orders } = fakeEngine();
  const start = vi.fn(engine.start).mockResolvedValueOnce(TAKEN).mockResolvedValueOnce(TAKEN);
  const { reading } = await createBookingService({ ...engine, start }).bookVacation(REQUEST, CONTEXT);
  const tried = start.mock.calls.map(([id]) => id);
  expect(new Set(tried).size).toBe(3);
  expect(orders.get(tried[2] as string)?.userId).toBe(tried[2]);
  expect(reading?.booking).toMatchObject({ id: tried[2], userId: tried[2] });
});

test('names and ids are trimmed', async () => {
  const { engine, orders } = fakeEngine();
  await createBookingService(engine).bookVacation({ ...REQUEST, name: ' Jo ', car: ' c\t' }, CONTEXT);
  expect([...orders.values()][0]?.trip).toMatchObject({ name: 'Jo', offers: { CAR: 'c' } });
});

test('a request that is wrong in several fields starts nothing and names them all', async () => {
  const { engine, orders } = fakeEngine();
  const wrong = { name: '', attempts: 0, car: ' ', hotel: 'x'.repeat(201), flight: 'a\nb', waitSeconds: 61 };
  const { reading, userErrors } = await createBookingService(engine).bookVacation(wrong, CONTEXT);
  expect(reading).toBeUndefined();
  expect(userErrors.map(({ field }) => field[1])).toEqual(Object.keys(wrong));
  expect(new Set(userErrors.map(({ code }) => code))).toEqual(new Set(['INVALID_INPUT']));
  expect(orders.size).toBe(0);
});

test('waiting reads the booking when it is done or the time is up', async () => {
  const waitUntilDone = vi.fn(async () => undefined);
  const { engine } = fakeEngine({ waitUntilDone });
  const service = createBookingService(engine);
  const { reading } = await service.bookVacation({ ...REQUEST, waitSeconds: 1.5 }, CONTEXT);
  expect(waitUntilDone).toHaveBeenCalledExactlyOnceWith(reading?.booking.id, 1500);
  expect(reading?.booking.status).toBe('BOOKING');
});

test.each([new WorkerUnavailable(), new EngineUnavailable()])(
  'a booking that was started is never lost to its client: %s after the start still gives its id',
  async (error) => {
    const { engine, orders } = fakeEngine({ read: () => Promise.reject(error) });
    const service = createBookingService(engine);
    const { reading } = await service.bookVacation({ ...REQUEST, waitSeconds: 1 }, CONTEXT);
    expect(reading?.booking).toMatchObject({ id: [...orders.keys()][0], status: 'PENDING' });
  },
);

test('fifty reads of one booking at the same moment are one question to the engine', async () => {
  const { engine } = fakeEngine();
  const { reading } = await createBookingService(engine).bookVacation(REQUEST, CONTEXT);
  const id = reading?.booking.id as string;
  const read = vi.fn(engine.read);
  const service = createBookingService({ ...engine, read });
  const answers = await Promise.all(Array.from({ length: 50 }, () => service.booking(id)));
  expect(answers.every((answer) => answer?.booking.id === id)).toBe(true);
  expect(read).toHaveBeenCalledTimes(1);
  await service.booking(id);
  expect(read).toHaveBeenCalledTimes(2);
});

test('a shared question that fails is asked again by the next reader', async () => {
  const { engine } = fakeEngine();
  const read = vi.fn(engine.read).mockRejectedValueOnce(new WorkerUnavailable());
  const service = createBookingService({ ...engine, read });
  await expect(service.booking('some-id')).rejects.toThrow(WorkerUnavailable);
  await expect(service.booking('some-id')).resolves.toBeUndefined();
});

test('a booking that is cancelled is asked for once and then remembered', async () => {
  const { engine } = fakeEngine();
  const { reading } = await createBookingService(engine).bookVacation(REQUEST, CONTEXT);
  const done = { ...(reading?.booking as BookingState), status: 'CANCELLED', done: true } as const;
  const read = vi.fn(async () => done);
  const service = createBookingService({ ...engine, read });
  const [first, second] = [await service.booking(done.id), await service.booking(done.id)];
  expect(second).toEqual(first);
  expect(read).toHaveBeenCalledTimes(1);
});

test.each(['', 'x'.repeat(201), 'half-\ud83d'])(
  'an id that no booking can have is unknown, and nobody is asked',
  async (id) => {
    const read = vi.fn();
    const { engine } = fakeEngine({ read });
    expect(await createBookingService(engine).booking(id)).toBeUndefined();
    expect(read).not.toHaveBeenCalled();
  },
);

test('a booking that is confirmed is asked for again: it may have been called off', async () => {
  const { engine } = fakeEngine();
  const { reading } = await createBookingService(engine).bookVacation(REQUEST, CONTEXT);
  const confirmed = { ...(reading?.booking as BookingState), status: 'CONFIRMED', done: true } as const;
  const read = vi.fn(async () => confirmed);
  const service = createBookingService({ ...engine, read });
  await service.booking(confirmed.id);
  await service.booking(confirmed.id);
  expect(read).toHaveBeenCalledTimes(2);
});

test('opaque ids tell nothing of the traveller', async () => {
  const { engine, orders } = fakeEngine();
  const service = createService(engine, EMPTY_ARCHIVE, createBookingReader(engine, EMPTY_ARCHIVE), {
    ...OPTIONS,
    idStyle: 'opaque',
  });
  const { reading } = await service.bookVacation(REQUEST, CONTEXT);
  expect([...orders.keys()]).toEqual([expect.stringMatching(/^trip-\d{16}$/)]);
  expect(reading?.booking.userId).toMatch(/^john-doe-\d{16}$/);
});

describe('with an idempotency key', () => {
  const KEYED = { ...REQUEST, idempotencyKey: 'key-1' };

  test('law 7: the id comes from caller and key alone', async () => {
    const { engine } = fakeEngine();
    const service = createBookingService(engine);
    const { reading } = await service.bookVacation(KEYED, CONTEXT);
    expect(reading?.booking.id).toMatch(/^trip-\d{30}$/);
    expect(reading?.booking.userId).toBe(reading?.booking.id.replace('trip', 'john-doe'));
    const other = await service.bookVacation(KEYED, { ...CONTEXT, caller: { subject: 'jane', roles: [] } });
    expect(other).toMatchObject({ replayed: false, userErrors: [] });
    expect(other.reading?.booking.id).not.toBe(reading?.booking.id);
  });

  test('the same request again is the same booking, however long it is waited for', async () => {
    const { engine, orders } = fakeEngine();
    const service = createBookingService(engine);
    const first = await service.bookVacation(KEYED, CONTEXT);
    const again = await service.bookVacation({ ...KEYED, name: ' John Doe ', waitSeconds: 3 }, CONTEXT);
    expect(first.replayed).toBe(false);
    expect(again).toMatchObject({ replayed: true, userErrors: [] });
    expect(again.reading?.booking.id).toBe(first.reading?.booking.id);
    expect(orders.size).toBe(1);
  });

  test.each([{ name: 'Jane' }, { attempts: 4 }, { car: 'x' }, { hotel: 'x' }, { flight: 'x' }])(
    'another request under it is refused, and names the booking: %j',
    async (change) => {
      const { engine, orders } = fakeEngine();
      const service = createBookingService(engine);
      const { reading } = await service.bookVacation(KEYED, CONTEXT);
      const other = await service.bookVacation({ ...KEYED, ...change }, CONTEXT);
      expect(other.reading).toBeUndefined();
      expect(other.userErrors).toMatchObject([
        {
          code: 'IDEMPOTENCY_KEY_REUSED',
          bookingId: reading?.booking.id,
          field: ['input', 'idempotencyKey'],
        },
      ]);
      expect(orders.size).toBe(1);
    },
  );

  test('a replay that can not be read gives the id all the same', async () => {
    const { engine } = fakeEngine({ read: () => Promise.reject(new WorkerUnavailable()) });
    const service = createBookingService(engine);
    const first = await service.bookVacation(KEYED, CONTEXT);
    const again = await service.bookVacation(KEYED, CONTEXT);
    expect(again.reading).toEqual(first.reading);
  });

  test.each(['', ' ', 'x'.repeat(201), 'a\u0000b'])('the key %j is not accepted', async (idempotencyKey) => {
    const { engine, orders } = fakeEngine();
    const { userErrors } = await createBookingService(engine).bookVacation(
      { ...REQUEST, idempotencyKey },
      CONTEXT,
    );
    expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['input', 'idempotencyKey'] }]);
    expect(orders.size).toBe(0);
  });

  test('null is as good as none', async () => {
    const { engine, orders } = fakeEngine();
    await createBookingService(engine).bookVacation({ ...REQUEST, idempotencyKey: null }, CONTEXT);
    expect([...orders.keys()]).toEqual([expect.stringMatching(/^john-doe-/)]);
  });
});
