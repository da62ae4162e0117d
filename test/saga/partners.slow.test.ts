import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { CONTROL_FAILURES } from '../../src/model/failures.js';
import { createReferencePartner, type Intervene, type Reply } from '../../src/partner/reference-partner.js';
import { createStock } from '../../src/partner/stock.js';
import { createPartnerSupplier } from '../../src/worker/suppliers/partner/partner-supplier.js';
import {
  createSandboxBook,
  createSandboxSupplier,
  type SandboxBook,
} from '../../src/worker/suppliers/sandbox/sandbox-supplier.js';
import { decide, historyOf, legStates } from '../support/booking-checks.js';
import { createGate } from '../support/gate.js';
import {
  createPartnerServer,
  type PartnerServer,
  type PartnerServerOptions,
} from '../support/partner-server.js';
import type { HeldCall } from '../support/recording-suppliers.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';

const atAcme = (action: string, room: SagaRoom, offerId: string) =>
  room.calls.filter((call) => call.action === action && call.offerId === offerId);

/** The booking according to its run. */
const liveOf = async (room: SagaRoom, trip: RoomTrip) => (await room.engine.ask(trip.id)) ?? trip.record();

/** Whether a call was sent back from the sagas' queue because its partner was only busy. */
async function wasQueued(room: SagaRoom, trip: RoomTrip): Promise<boolean> {
  return (await historyOf(room, trip)).some(
    ({ activityTaskFailedEventAttributes: failed }) =>
      failed?.failure?.applicationFailureInfo?.type === CONTROL_FAILURES.queued,
  );
}

describe('a partner', () => {
  let room: SagaRoom;
  beforeAll(async () => {
    room = await openSagaRoom({ partners: { acme: 2, globex: 2 } });
  });
  afterAll(() => room.close());

  test('law 10: is called for each leg that the order assigns to it, and for that leg’s release', async () => {
    const trip = await room.book({
      hotel: 'invalid-down-0',
      suppliers: { car: 'acme', hotel: 'globex', flight: 'acme' },
    });
    await trip.end();
    const calls = room.calls.filter(({ reservationKey }) => reservationKey.startsWith(`${trip.id}/`));
    expect(calls.map(({ action, legId, supplier }) => `${action} ${legId} at ${supplier}`)).toEqual([
      'reserve car at acme',
      'reserve hotel at globex',
      'release hotel at globex',
      'release car at acme',
    ]);
  });

  test('law 10: is called on its own queue for the choices that it serves, and for no others', async () => {
    const trip = await room.book({
      legs: [
        {
          id: 'hotel',
          offers: ['first-lost-down-0', 'second-lost-down-0', 'third-down-0'],
          suppliers: ['globex', 'sandbox', 'acme'],
          maxAttempts: 1,
        },
      ],
    });
    expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
    const queues = (await historyOf(room, trip)).flatMap(
      ({ activityTaskScheduledEventAttributes: activity }) =>
        activity?.activityType?.name?.endsWith('ookHotel') ? [activity.taskQueue?.name] : [],
    );
    const [globex, acme] = ['globex', 'acme'].map((name) => `${room.taskQueue}-${name}`);
    expect(queues).toEqual([globex, globex, room.taskQueue, room.taskQueue, acme]);
  });

  test('is retried with exponential backoff, whereas the sandbox’s flight is retried every second', async () => {
    const retriesOf = async (supplier: string) => {
      const trip = await room.book({ suppliers: { flight: supplier } });
      await trip.end();
      const scheduled = (await historyOf(room, trip)).flatMap(
        ({ activityTaskScheduledEventAttributes: activity }) =>
          activity?.activityType?.name === 'bookFlight' ? [activity] : [],
      );
      return scheduled.map(({ taskQueue, retryPolicy }) => ({
        queue: taskQueue?.name,
        first: Number(retryPolicy?.initialInterval?.seconds),
        factor: retryPolicy?.backoffCoefficient,
        longest: Number(retryPolicy?.maximumInterval?.seconds),
      }));
    };
    const patient = { queue: `${room.taskQueue}-acme`, first: 1, factor: 2, longest: 30 };
    expect(await retriesOf('acme')).toEqual([patient]);
    const everySecond = { queue: room.taskQueue, first: 1, factor: 2, longest: 1 };
    expect(await retriesOf('sandbox')).toEqual([everySecond]);
    expect(await retriesOf('inventory')).toEqual([everySecond]);
  });

  test('that does not answer in time uses up the attempt', async () => {
    const hotel = `silent-down-0-${randomUUID()}`;
    const hold = room.holdUp('reserve', hotel, { deaf: true });
    const trip = await room.book({ hotel, attempts: 1, suppliers: { hotel: 'acme' } });
    expect(await trip.end()).toMatchObject({
      status: 'CANCELLED',
      facts: { failure: { code: 'SUPPLIER_OUTCOME_UNKNOWN', legId: 'hotel' } },
    });
    hold.letGo();
    expect(atAcme('reserve', room, hotel)).toHaveLength(1);
    expect(await wasQueued(room, trip)).toBe(false);
  });

  test('that hangs occupies only its own slots and delays no other supplier', async () => {
    const car = `hangs-${randomUUID()}`;
    const holds: HeldCall[] = [];
    const trips: RoomTrip[] = [];
    while (holds.length < 2) {
      const hold = room.holdUp('reserve', car);
      holds.push(hold);
      trips.push(await room.book({ car, suppliers: { car: 'acme' } }));
      await hold.arrived;
    }
    const third = await room.book({ car, suppliers: { car: 'acme' } });
    const others = await Promise.all([
      room.book(),
      room.book({ suppliers: { car: 'globex', flight: 'inventory' } }),
    ]);
    for (const other of others) expect(await other.end()).toMatchObject({ status: 'CONFIRMED' });
    // The third trip's call can't start either.
    expect(atAcme('reserve', room, car)).toHaveLength(2);
    expect(await third.record()).toMatchObject({ status: 'BOOKING' });
    for (const hold of holds) hold.letGo();
    for (const trip of [...trips, third]) expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
  });
});

test('a call that finds its partner’s slots full is made later, and only on that partner’s queue', async () => {
  const room = await openSagaRoom({ partners: { acme: 2 } });
  onTestFinished(() => room.close());
  const [full, next] = [`full-${randomUUID()}`, `next-${randomUUID()}`];
  const holds: HeldCall[] = [];
  while (holds.length < 2) {
    const hold = room.holdUp('reserve', full, { deaf: true });
    holds.push(hold);
    await room.book({ car: full, suppliers: { car: 'acme' } });
    await hold.arrived;
  }
  const waiting = await room.book({ car: next, suppliers: { car: 'acme' } });
  await expect.poll(() => wasQueued(room, waiting), { interval: 500 }).toBe(true);
  expect(atAcme('reserve', room, next)).toEqual([]);
  for (const hold of holds) hold.letGo();
  expect(await waiting.end()).toMatchObject({ status: 'CONFIRMED' });
  expect(atAcme('reserve', room, next)).toMatchObject([{ attempt: 1 }]);
});

test('attempts made before the slots were full are not repeated', async () => {
  const room = await openSagaRoom({ partners: { acme: 1 } });
  onTestFinished(() => room.close());
  const [hotel, blocker] = [`hotel-down-9-${randomUUID()}`, `blocker-${randomUUID()}`];
  const first = room.holdUp('reserve', hotel);
  const blocking = room.holdUp('reserve', blocker, { deaf: true });
  const trip = await room.book({ hotel, attempts: 2, suppliers: { hotel: 'acme' } });
  await first.arrived;
  const other = await room.book({ car: blocker, suppliers: { car: 'acme' } });
  await expect.poll(async () => legStates(await liveOf(room, other)).car).toBe('RUNNING');
  first.letGo();
  await blocking.arrived;
  await expect.poll(() => wasQueued(room, trip), { interval: 500 }).toBe(true);
  blocking.letGo();
  expect(await trip.end()).toMatchObject({
    status: 'CANCELLED',
    facts: { failure: { code: 'SUPPLIER_UNAVAILABLE', legId: 'hotel' } },
  });
  expect(atAcme('reserve', room, hotel).map(({ attempt }) => attempt)).toEqual([1, 2]);
  await other.end();
});

describe('behind a gateway that deduplicates by Idempotency-Key', () => {
  let partner: PartnerServer;
  let book: SandboxBook;
  let room: SagaRoom;
  beforeAll(async () => {
    book = createSandboxBook();
    const sandbox = createSandboxSupplier({ delayMs: 0, book });
    partner = await createPartnerServer({ supplier: sandbox, gateway: storingAnswers() });
    const atPartner = createPartnerSupplier({ baseUrl: partner.url, timeoutMs: 1000 });
    room = await openSagaRoom({
      partners: { acme: 5 },
      findSupplier: (name) => (name === 'acme' ? atPartner : sandbox),
    });
  });
  afterAll(async () => {
    await room.close();
    await partner.stop();
  });
  afterEach(() => partner.faults.clear());

  const requestsFor = ({ id }: RoomTrip, method: string) =>
    partner.requests.filter((request) => request.key === `${id}/car` && request.method === method);

  test('an undo whose failure is stored there is retried with a new key, because it is a new decision', async () => {
    const trip = await room.book({
      car: 'car-undo-down-1',
      flight: 'invalid-flight',
      suppliers: { car: 'acme' },
      policy: { undoAttempts: 2 },
    });
    await trip.is('NEEDS_ATTENTION');
    expect(book.holds(`${trip.id}/car`)).toBe(true);
    expect(await decide(room, trip, { action: 'retry', legId: 'car' })).toBe('done');
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
    expect(book.holds(`${trip.id}/car`)).toBe(false);
    expect(requestsFor(trip, 'DELETE').map(({ headers }) => headers['idempotency-key'])).toEqual([
      `${trip.id}/car/release/0`,
      `${trip.id}/car/release/0`,
      `${trip.id}/car/release/1`,
    ]);
  });

  const usual = { when: 'after', instead: 'the usual' } as const;
  const busy = { when: 'before', instead: { status: 409, body: { code: 'CONFLICT' } } } as const;

  test('a reserve that is still in progress there and answers 409 meanwhile is retried until it is held', async () => {
    const gate = createGate();
    partner.faults.next({ ...usual, until: gate.pass() }, busy, busy);
    const trip = await room.book({ suppliers: { car: 'acme' } });
    await expect.poll(() => requestsFor(trip, 'PUT').length).toBe(3);
    gate.letGo();
    expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
    expect(book.holds(`${trip.id}/car`)).toBe(true);
  });

  test('and so is a release, until the booking is cancelled and nothing is held', async () => {
    const trip = await room.book({ suppliers: { car: 'acme' } });
    await trip.end();
    partner.faults.next(busy, { ...busy, instead: { status: 429, headers: { 'Retry-After': '1' } } });
    await trip.callOff();
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
    expect(book.holds(`${trip.id}/car`)).toBe(false);
  });
});

test('a confirmation whose answer was lost is asked for again, and is in the record', async () => {
  const answers: Reply[] = [];
  const losingTheFirst: Intervene = async (_request, handle) => {
    const answer = await handle();
    return answers.push(answer) === 1 ? 'reset' : answer;
  };
  const partner = await createReferencePartner({
    stock: createStock(1),
    port: 0,
    intervene: losingTheFirst,
  });
  onTestFinished(() => partner.stop());
  const acme = createPartnerSupplier({ baseUrl: partner.url, timeoutMs: 5000 });
  const room = await openSagaRoom({ partners: { acme: 5 }, findSupplier: () => acme });
  onTestFinished(() => room.close());

  const offers = ['night-flight'];
  const trip = await room.book({ legs: [{ id: 'flight', offers, quantity: 1, supplier: 'acme' }] });
  const { status, facts } = await trip.end();
  const [lost, repeated, ...more] = answers.map(({ body }) => body as Record<string, unknown>);
  expect(lost).toEqual({ state: 'HELD', reference: expect.any(String) as unknown, title: 'night-flight' });
  expect(repeated).toEqual(lost);
  expect(more).toEqual([]);
  expect(status).toBe('CONFIRMED');
  expect(facts.legs[0]).toMatchObject({
    attempts: 2,
    holding: { confirmation: lost?.['reference'], title: 'night-flight' },
  });
});

/** Answers a repeated request as the first, as gateways do. */
function storingAnswers(): NonNullable<PartnerServerOptions['gateway']> {
  const answers = new Map<unknown, Promise<Reply>>();
  return ({ headers }, handle) => {
    const key = headers['idempotency-key'];
    const stored = answers.get(key) ?? handle();
    answers.set(key, stored);
    return stored;
  };
}
