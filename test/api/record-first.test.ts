import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { historyOf } from '../support/booking-checks.js';
import { oneSupplier } from '../support/one-supplier.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import { anOrder } from '../support/trips.js';
import { startTestApi, type ApiChoice, type TestApi } from './fixtures/api.js';
import { clientOf, inTime, type ApiClient } from './fixtures/client.js';
import { nobody } from './fixtures/servers.js';

let room: SagaRoom;
let api: TestApi;
let client: ApiClient;
/** Another API process of the same installation, which can't reach Temporal. */
let isolatedApi: TestApi;
let isolated: ApiClient;
beforeAll(async () => {
  room = await openSagaRoom({ watchmanRoundMs: 200 });
  api = await startTestApi({ room });
  client = clientOf(api);
  isolatedApi = await startTestApi({ room, temporalAddress: (await nobody()).address });
  isolated = clientOf(isolatedApi);
});
afterAll(async () => {
  await api.stop();
  await isolatedApi.stop();
  await room.close();
});

/** Another API process of the same installation. */
async function anotherApi(choice: ApiChoice = {}): Promise<ApiClient> {
  const another = await startTestApi({ room, ...choice });
  onTestFinished(() => another.stop());
  return clientOf(another);
}

async function signals(of: RoomTrip): Promise<number> {
  const events = await historyOf(room, of);
  return events.filter((event) => event.workflowExecutionSignaledEventAttributes).length;
}

async function runsOf(id: string): Promise<number> {
  const query = `WorkflowId = '${id}'`;
  const { count } = await room.client.workflowService.countWorkflowExecutions({
    namespace: 'default',
    query,
  });
  return Number(count);
}

const countOf = async (where: string, ...values: unknown[]) => {
  const { rows } = await room.database.pool.query<{ count: string }>(
    `select count(*) from bookings where ${where}`,
    values,
  );
  return Number(rows[0]?.count);
};

let keys = 0;
const newKey = () => `${room.taskQueue}-${keys++}`;

describe('an idempotency key', () => {
  test('laws 7 and 12: a hundred concurrent calls make one row, one workflow and three reservations', async () => {
    const idempotencyKey = newKey();
    const name = `Hundred ${idempotencyKey}`;
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => client.book({ name, idempotencyKey, waitSeconds: 30 })),
    );
    const ids = new Set(answers.map(({ booking }) => booking?.id));
    expect(ids.size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(answers.every(({ booking }) => booking?.status === 'CONFIRMED')).toBe(true);

    expect(await countOf("booking_order ->> 'name' = $1", name)).toBe(1);
    const trip = room.trip([...ids][0]!);
    await trip.end();
    expect(trip.steps()).toEqual(['reserve car', 'reserve hotel', 'reserve flight']);
    expect(room.calls.filter(({ reservationKey }) => reservationKey.startsWith(trip.id))).toHaveLength(3);
    expect(await signals(trip)).toBe(0);
    await expect.poll(() => runsOf(trip.id)).toBe(1);
  });

  test('law 7: the id is derived from caller and key alone, and reveals neither', async () => {
    const idempotencyKey = newKey();
    const { booking } = await client.book({ name: 'Jane Roe', idempotencyKey });
    expect(booking?.id).toMatch(/^trip-\d{30}$/);
    expect(booking?.userId).toBe(booking?.id.replace('trip', 'jane-roe'));
  });

  test('law 7: the same request returns the same booking, whichever process it goes to and however long it waits', async () => {
    const idempotencyKey = newKey();
    const first = await client.book({ idempotencyKey });
    const again = await (await anotherApi()).book({ name: ' John Doe ', idempotencyKey, waitSeconds: 30 });
    expect(first).toMatchObject({ replayed: false, booking: { status: 'PENDING' } });
    expect(again).toMatchObject({ replayed: true, userErrors: [] });
    expect(again.booking).toMatchObject({ id: first.booking?.id, status: 'CONFIRMED' });
  });

  test('law 7: a known key is answered from its row while Temporal is unavailable', async () => {
    const idempotencyKey = newKey();
    const done = await client.book({ idempotencyKey, waitSeconds: 30 });
    expect(await inTime(1000, isolated.book({ idempotencyKey }))).toMatchObject({
      replayed: true,
      booking: { id: done.booking?.id, status: 'CONFIRMED', source: 'RECORD' },
    });

    const underWay = newKey();
    const car = room.holdUp('reserve', 'replayed-car');
    const started = await client.book({ car: 'replayed-car', idempotencyKey: underWay });
    await car.arrived;
    const replay = await inTime(1500, isolated.book({ car: 'replayed-car', idempotencyKey: underWay }));
    car.letGo();
    expect(replay).toMatchObject({
      replayed: true,
      booking: { id: started.booking?.id, status: 'BOOKING', source: 'RECORD' },
    });
  });

  test('law 7: a replayed answer never goes back to PENDING', async () => {
    const idempotencyKey = newKey();
    const car = room.holdUp('reserve', 'forward-car');
    await client.book({ car: 'forward-car', idempotencyKey });
    await car.arrived;
    expect((await client.book({ car: 'forward-car', idempotencyKey })).booking?.status).toBe('BOOKING');
    car.letGo();
  });

  test('law 10: a known key is answered from its row even if the settings have changed', async () => {
    const idempotencyKey = newKey();
    const trip = { car: 'plain-car', hotel: 'plain-hotel', flight: 'plain-flight', idempotencyKey };
    const first = await client.book({ ...trip, waitSeconds: 30 });
    const changed = await anotherApi({
      suppliers: oneSupplier('acme'),
      sandboxIds: false,
      idStyle: 'opaque',
      policy: { deadlineSeconds: 1, undoAttempts: 99 },
    });
    expect(await changed.book(trip)).toMatchObject({
      replayed: true,
      userErrors: [],
      booking: { id: first.booking?.id, status: 'CONFIRMED' },
    });
    const { order } = await room.trip(first.booking!.id).record();
    expect(order.legs.map(({ choices }) => choices[0]?.supplier)).toEqual(['sandbox', 'sandbox', 'sandbox']);
  });

  test.each([
    ['another name', { name: 'Jane Roe' }],
    ['other attempts', { attempts: 4 }],
    ['another car', { car: 'other' }],
    ['another hotel', { hotel: 'other-down-0' }],
    ['another flight', { flight: 'other' }],
    ['the offers of two legs swapped', { car: 'valid-hotel-down-0', hotel: 'valid-car-id' }],
  ])(
    'law 7: %s makes it another request, which is refused with the id of the booking',
    async (_what, other) => {
      const idempotencyKey = newKey();
      const first = await client.book({ idempotencyKey });
      const before = await countOf('true');
      for (const asked of [client, isolated]) {
        expect(await asked.book({ ...other, idempotencyKey })).toMatchObject({
          booking: null,
          replayed: false,
          userErrors: [
            {
              code: 'IDEMPOTENCY_KEY_REUSED',
              field: ['input', 'idempotencyKey'],
              bookingId: first.booking?.id,
            },
          ],
        });
      }
      expect(await countOf('true')).toBe(before);
    },
  );

  test('that is null is the same as none', async () => {
    const { booking } = await client.book({ idempotencyKey: null });
    expect(booking?.id).toMatch(/^john-doe-\d{16}$/);
  });
});

/** A booking as all readers see it: by its id, and in lists of each of these statuses. */
async function shown(asked: ApiClient, id: string) {
  const lists = await Promise.all(
    (['PENDING', 'BOOKING', 'CONFIRMED', 'ROLLING_BACK', 'NEEDS_ATTENTION', 'CANCELLED'] as const).map(
      async (status) => ({ status, nodes: await asked.list({ first: 100, filter: { statuses: [status] } }) }),
    ),
  );
  return {
    booking: await asked.read(id),
    listed: lists.filter(({ nodes }) => nodes.some((node) => node.id === id)).map(({ status }) => status),
  };
}

describe('cancelBooking', () => {
  test('law 11: needs neither a worker nor Temporal, and all later readers see it', async () => {
    const lonely = await openSagaRoom({ watchmanRoundMs: 200 });
    onTestFinished(() => lonely.close());
    const confirmed = await lonely.book();
    await confirmed.end();
    const car = lonely.holdUp('reserve', 'alone-car-down-1');
    const halfWay = await lonely.book({ car: 'alone-car-down-1' });
    await car.arrived;
    // In this order, because a stopping worker finishes its running attempt and starts no other.
    await lonely.stopWorker(car);
    const accepted = await lonely.book();

    const alone = await anotherApi({ room: lonely, temporalAddress: (await nobody()).address });
    const trips = [confirmed, halfWay, accepted];
    for (const { id } of trips) {
      const { booking, userErrors } = await inTime(1000, alone.cancel({ id, reason: 'the dog is ill' }));
      expect(userErrors).toEqual([]);
      expect(booking).toMatchObject({
        id,
        status: 'ROLLING_BACK',
        done: false,
        result: null,
        cancellation: { by: 'anonymous', reason: 'the dog is ill' },
      });
    }
    for (const asked of [alone, await anotherApi({ room: lonely })]) {
      for (const { id } of trips) {
        const { booking, listed } = await shown(asked, id);
        expect(booking).toMatchObject({
          status: 'ROLLING_BACK',
          done: false,
          cancellation: { reason: 'the dog is ill' },
        });
        expect(Date.parse(booking!.asOf)).toBeGreaterThanOrEqual(Date.parse(booking!.cancellation!.at));
        expect(listed).toEqual(['ROLLING_BACK']);
      }
    }

    await lonely.startWorker();
    for (const trip of trips) {
      expect((await trip.end()).status).toBe('CANCELLED');
      expect(trip.held()).toEqual([]);
    }
  });

  test('law 11: from its acknowledgement until the end, no reader sees the trip as booked or being booked', async () => {
    const hotel = room.holdUp('reserve', 'followed-hotel-down-0', { deaf: true });
    const trip = await room.book({ hotel: 'followed-hotel-down-0' });
    await hotel.arrived;
    const { booking } = await client.cancel({ id: trip.id });
    expect(booking).toMatchObject({ status: 'ROLLING_BACK', cancellation: { by: 'anonymous' } });
    const seen = new Set<string | undefined>();
    let latest = booking;
    for (let read = 0; latest?.status !== 'CANCELLED'; read++) {
      if (read === 20) hotel.letGo();
      latest = await client.read(trip.id);
      seen.add(latest?.status);
      for (const node of await client.list({ first: 100 })) if (node.id === trip.id) seen.add(node.status);
      expect(latest?.cancellation).toMatchObject({ by: 'anonymous' });
    }
    expect([...seen].sort()).toEqual(['CANCELLED', 'ROLLING_BACK']);
    expect(trip.held()).toEqual([]);
  });

  test('can be repeated: the first reason is kept', async () => {
    const car = room.holdUp('reserve', 'twice-car', { deaf: true });
    const trip = await room.book({ car: 'twice-car' });
    await car.arrived;
    const first = await client.cancel({ id: trip.id, reason: 'first' });
    const second = await client.cancel({ id: trip.id, reason: 'second' });
    car.letGo();
    expect(second.userErrors).toEqual([]);
    expect(second.booking).toMatchObject({ status: 'ROLLING_BACK', cancellation: { reason: 'first' } });
    expect(second.booking?.cancellation).toEqual(first.booking?.cancellation);
    expect(await trip.end()).toMatchObject({ callOff: { reason: 'first' } });
  });

  test('law 12: two hundred calls on a stuck booking put one signal into its history, and don’t block operators', async () => {
    const trip = await room.book({
      car: 'crowd-car-undo-down',
      flight: 'invalid-flight',
      policy: { undoAttempts: 1 },
    });
    await trip.is('NEEDS_ATTENTION');
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, n) => client.cancel({ id: trip.id, reason: `${round}/${n}` })),
      );
      expect(new Set(answers.map(({ booking }) => booking?.status))).toEqual(new Set(['NEEDS_ATTENTION']));
      expect(new Set(answers.map(({ booking }) => booking?.cancellation?.reason)).size).toBe(1);
    }
    expect(await signals(trip)).toBeLessThanOrEqual(1);
    const record = await trip.record();
    expect(
      await room.engine.decide(record, {
        action: 'settle',
        legId: 'car',
        note: 'n',
        by: 'olga',
        number: 1,
      }),
    ).toBe('done');
    await trip.end();
  });

  test('of a booking that is already cancelled is a typed error', async () => {
    const trip = await room.book({ car: 'invalid-car' });
    await trip.end();
    expect(await client.cancel({ id: trip.id })).toMatchObject({
      booking: null,
      userErrors: [{ code: 'ALREADY_CANCELLED', field: ['input', 'id'] }],
    });
    expect(await trip.record()).not.toHaveProperty('callOff');
  });

  test.each(['nobody-1', '王小明-1'])('of the unknown %s is a typed error', async (id) => {
    expect(await client.cancel({ id })).toMatchObject({
      booking: null,
      userErrors: [{ code: 'BOOKING_NOT_FOUND', field: ['input', 'id'] }],
    });
  });

  test.each([
    [{ id: '' }, 'id'],
    [{ id: 'x'.repeat(201) }, 'id'],
    [{ id: 'a\0b' }, 'id'],
    [{ id: 'x', reason: ' ' }, 'reason'],
    [{ id: 'x', reason: 'r'.repeat(501) }, 'reason'],
  ])('with invalid input is a typed error at its field: %#', async (input, field) => {
    const { userErrors } = await client.cancel(input);
    expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['input', field] }]);
  });
});

describe('a workflow started by another Temporal client', () => {
  const startWith = async (...args: unknown[]) => {
    const workflowId = `foreign-${newKey()}`;
    await room.client.workflow.start('bookVacation', { workflowId, taskQueue: room.taskQueue, args });
    return room.trip(workflowId);
  };
  const statusOf = async ({ id }: RoomTrip) =>
    (await room.client.workflow.getHandle(id).describe()).status.name;

  test('with an order gets a record when it claims, is listed, and can be called off like any other', async () => {
    const trip = await startWith(anOrder({ name: 'Foreign Traveller' }));
    await expect.poll(async () => (await client.read(trip.id))?.status).toBe('CONFIRMED');
    expect((await client.list({ filter: { text: 'foreign trav' } })).map(({ id }) => id)).toEqual([trip.id]);
    expect((await client.cancel({ id: trip.id })).booking).toMatchObject({ status: 'ROLLING_BACK' });
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
    expect(trip.held()).toEqual([]);
  });

  test('can be called off half-way', async () => {
    const car = room.holdUp('reserve', 'foreign-car');
    const trip = await startWith(anOrder({ car: 'foreign-car' }));
    await car.arrived;
    expect((await client.cancel({ id: trip.id })).booking).toMatchObject({ status: 'ROLLING_BACK' });
    car.letGo();
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
  });

  test.each([
    ['nothing', []],
    ['a text', ['John Doe']],
    ['an empty object', [{}]],
    ['an order without legs', [{ ...anOrder(), legs: [] }]],
    [
      'a leg of an unknown kind',
      [{ ...anOrder(), legs: [{ id: 'b', kind: 'BOAT', offerId: 'b', supplier: 's' }] }],
    ],
  ])('with %s instead of an order fails visibly, and leaves no record', async (_what, args) => {
    const trip = await startWith(...args);
    await expect.poll(() => statusOf(trip)).toBe('FAILED');
    expect(await client.read(trip.id)).toBeNull();
    expect((await client.cancel({ id: trip.id })).userErrors).toMatchObject([{ code: 'BOOKING_NOT_FOUND' }]);
  });
});
