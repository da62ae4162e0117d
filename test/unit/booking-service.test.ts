import { expect, test, vi } from 'vitest';
import type { BookingEngine } from '../../src/booking/booking-engine.port.js';
import { createBookingService } from '../../src/booking/booking-service.js';
import { EngineUnavailable, WorkerUnavailable } from '../../src/booking/errors.js';
import type { BookingOrder } from '../../src/contract/booking-order.js';
import { acceptedBooking, type BookingState } from '../../src/contract/booking-state.js';
import { ANONYMOUS } from '../../src/contract/trip.js';

const CONTEXT = { caller: ANONYMOUS, requestId: 'request-1' };
const REQUEST = { name: 'John Doe', attempts: 5, car: 'c', hotel: 'h', flight: 'f', waitSeconds: 0 };

function fakeEngine(overrides: Partial<BookingEngine> = {}) {
  const orders = new Map<string, BookingOrder>();
  const engine: BookingEngine = {
    start: async (id, order) => (orders.has(id) ? 'exists' : (orders.set(id, order), 'started')),
    read: async (id) => {
      const order = orders.get(id);
      return order && { ...acceptedBooking(id, order), status: 'BOOKING' };
    },
    waitUntilDone: async () => undefined,
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
  const start = vi.fn(engine.start).mockResolvedValueOnce('exists').mockResolvedValueOnce('exists');
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

test('a booking that is done is asked for once and then remembered', async () => {
  const { engine } = fakeEngine();
  const { reading } = await createBookingService(engine).bookVacation(REQUEST, CONTEXT);
  const done = { ...(reading?.booking as BookingState), status: 'CANCELLED', done: true } as const;
  const read = vi.fn(async () => done);
  const service = createBookingService({ ...engine, read });
  const [first, second] = [await service.booking(done.id), await service.booking(done.id)];
  expect(second).toEqual(first);
  expect(read).toHaveBeenCalledTimes(1);
});

test.each(['', 'x'.repeat(201)])(
  'an id that no booking can have is unknown, and nobody is asked',
  async (id) => {
    const read = vi.fn();
    const { engine } = fakeEngine({ read });
    expect(await createBookingService(engine).booking(id)).toBeUndefined();
    expect(read).not.toHaveBeenCalled();
  },
);
