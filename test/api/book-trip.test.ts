import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  RetryUndoDocument,
  SettleUndoDocument,
  type BookTripInput,
  type LegInput,
} from '../../src/client/generated.js';
import { createForgetting } from '../../src/database/forgetting.js';
import { createOfferCatalogue } from '../../src/database/offer-catalogue.js';
import { seedOffers } from '../../src/database/seed.js';
import { offers } from '../../src/database/tables.js';
import type { Holding } from '../../src/model/holding.js';
import { createInventorySupplier } from '../../src/worker/suppliers/inventory/inventory-supplier.js';
import { request } from '../support/graphql-client.js';
import { oneSupplier } from '../support/one-supplier.js';
import { anOffer } from '../support/offers.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { createTestDatabase } from '../support/test-database.js';
import { serve, startTestApi, type TestApi } from './fixtures/api.js';
import { clientOf } from './fixtures/client.js';

let room: SagaRoom;
let api: TestApi;
/** An API that sells from our own stock, which has `hotel-a` (capacity 3), `hotel-b` (1), and `car-a` (5). */
let ours: TestApi;
let before: number;
beforeAll(async () => {
  room = await openSagaRoom();
  api = await startTestApi({ room });
  ours = await startTestApi({ room, suppliers: oneSupplier('inventory') });
  await room.database.drizzle
    .insert(offers)
    .values([
      anOffer({ id: 'hotel-a', kind: 'HOTEL', capacity: 3 }),
      anOffer({ id: 'hotel-b', kind: 'HOTEL', capacity: 1 }),
      anOffer({ id: 'car-a', capacity: 5 }),
      anOffer({ id: 'lost-inn', kind: 'HOTEL', capacity: 2 }),
    ]);
});
beforeEach(async () => {
  before = await accepted();
});
afterAll(async () => {
  await api.stop();
  await ours.stop();
  await room.database.pool.query('delete from offers');
  await room.close();
});

async function accepted(): Promise<number> {
  const { rows } = await room.database.pool.query<{ count: string }>('select count(*) from bookings');
  return Number(rows[0]?.count);
}

const HOTEL: LegInput = { kind: 'HOTEL', offerId: 'hotel-down-0' };
const CAR: LegInput = { kind: 'CAR', offerId: 'c' };

/** Books a trip, waits for its end, and reads it. */
async function booked(...legs: LegInput[]) {
  const { booking, ...payload } = await clientOf(api).bookTrip({ legs, waitSeconds: 30 });
  expect(payload).toEqual({ replayed: false, userErrors: [] });
  return booking!;
}

test('a trip of five kinds is booked, each leg named after its kind', async () => {
  const booking = await booked(
    { kind: 'FLIGHT', offerId: 'f' },
    { kind: 'TRANSFER', offerId: 't' },
    HOTEL,
    { kind: 'EXCURSION', offerId: 'e', quantity: 4 },
    CAR,
  );
  expect(booking).toMatchObject({
    status: 'CONFIRMED',
    result:
      'Booked flight: f Booked transfer: t Booked hotel: hotel-down-0 Booked excursion: e Booked car: c',
  });
  expect(booking.legs.map(({ id, stage, quantity }) => [id, stage, quantity])).toEqual([
    ['flight', 1, 1],
    ['transfer', 2, 1],
    ['hotel', 3, 1],
    ['excursion', 4, 4],
    ['car', 5, 1],
  ]);
  expect(booking.legs[0]).toMatchObject({
    ...{ kind: 'FLIGHT', state: 'BOOKED', offerId: 'f', alternatives: [], required: true, tried: [] },
    failure: null,
  });
  expect(room.trip(booking.id).held()).toEqual(['flight', 'transfer', 'hotel', 'excursion', 'car']);
});

test('two legs of one kind are told apart, also in the timeline and in the first reason', async () => {
  const booking = await booked(HOTEL, { kind: 'HOTEL', offerId: 'invalid-down-0' });
  expect(booking.legs.map(({ id, state }) => [id, state])).toEqual([
    ['hotel', 'UNDONE'],
    ['hotel-2', 'UNDONE'],
  ]);
  expect(booking.failure).toMatchObject({ legId: 'hotel-2' });
  expect(booking.timeline.map(({ legId }) => legId)).toEqual(expect.arrayContaining(['hotel', 'hotel-2']));
});

test('legs of one stage are reserved together, and stages in turn', async () => {
  const first = room.holdUp('reserve', 'staged-car');
  const second = room.holdUp('reserve', 'staged-flight');
  const { booking } = await clientOf(api).bookTrip({
    legs: [
      { ...HOTEL, stage: 7 },
      { kind: 'CAR', offerId: 'staged-car', stage: 2 },
      { kind: 'FLIGHT', offerId: 'staged-flight', stage: 2 },
    ],
  });
  await Promise.all([first.arrived, second.arrived]);
  expect(room.trip(booking!.id).steps()).not.toContain('reserve hotel');
  first.letGo();
  second.letGo();
  expect(await room.trip(booking!.id).end()).toMatchObject({ status: 'CONFIRMED' });
  expect(room.trip(booking!.id).steps().at(-1)).toBe('reserve hotel');
});

test('an alternative is booked if the offer cannot be had, and the leg shows what was tried', async () => {
  const alternatives = ['b-invalid', 'hotel-c-down-0'];
  const { legs, status } = await booked({ ...HOTEL, offerId: 'a-invalid-down-0', alternatives });
  expect(status).toBe('CONFIRMED');
  expect(legs).toMatchObject([
    {
      ...{ state: 'BOOKED', offerId: 'hotel-c-down-0', alternatives, failure: null },
      tried: [
        {
          offerId: 'a-invalid-down-0',
          code: 'SUPPLIER_REFUSED',
          message: expect.stringMatching(/./) as unknown,
        },
        { offerId: 'b-invalid', code: 'SUPPLIER_REFUSED' },
      ],
    },
  ]);
});

test('a leg that is not required is left out with its failure, and without a price', async () => {
  const booking = await booked(CAR, { kind: 'EXCURSION', offerId: 'invalid', required: false });
  expect(booking).toMatchObject({ status: 'CONFIRMED', result: 'Booked car: c', failure: null });
  expect(booking.legs[1]).toMatchObject({
    ...{ id: 'excursion', state: 'LEFT_OUT', required: false },
    failure: { code: 'SUPPLIER_REFUSED', legId: 'excursion' },
    ...{ price: null, title: null, confirmation: null },
  });
  expect(room.trip(booking.id).held()).toEqual(['car']);
});

test('law 10: an alternative has a supplier of its own', async () => {
  const { booking } = await clientOf(ours).bookTrip({
    legs: [{ ...HOTEL, offerId: 'hotel-a', alternatives: ['hotel-down-0', 'lost-inn', 'hotel-b'] }],
  });
  const { order } = await room.trip(booking!.id).record();
  expect(order.legs[0]?.choices).toEqual([
    { offerId: 'hotel-a', supplier: 'inventory' },
    { offerId: 'hotel-down-0', supplier: 'sandbox' },
    { offerId: 'lost-inn', supplier: 'inventory' },
    { offerId: 'hotel-b', supplier: 'inventory' },
  ]);
});

describe('nothing is accepted, and the error has its path, for', () => {
  const many = (count: number) => Array.from({ length: count }, () => CAR);
  const big = (more: object): LegInput => ({ kind: 'HOTEL', offerId: 'hotel-a', ...more });
  test.each<[what: string, legs: LegInput[], path: string]>([
    ['no legs', [], 'legs'],
    ['twenty-one legs', many(21), 'legs'],
    ['only legs that are not required', [{ ...CAR, required: false }], 'legs'],
    ['an id with capital letters', [{ ...CAR, id: 'Car' }], 'legs.0.id'],
    [
      'two legs of one id',
      [
        { ...CAR, id: 'a' },
        { ...HOTEL, id: 'a' },
      ],
      'legs.1.id',
    ],
    [
      'an alternative equal to its offer',
      [CAR, { ...CAR, alternatives: ['d', 'c'] }],
      'legs.1.alternatives.1',
    ],
    ['an alternative twice', [{ ...CAR, alternatives: ['d', 'd'] }], 'legs.0.alternatives.1'],
    ['six alternatives', [{ ...CAR, alternatives: [...'defghi'] }], 'legs.0.alternatives'],
    ['quantity 0', [{ ...CAR, quantity: 0 }], 'legs.0.quantity'],
    ['0 attempts', [{ ...CAR, attempts: 0 }], 'legs.0.attempts'],
    ['stage 21', [{ ...CAR, stage: 21 }], 'legs.0.stage'],
    ['a leg without a stage', [{ ...CAR, stage: 1 }, HOTEL], 'legs.1.stage'],
    ['a quantity over the capacity of the offer', [CAR, big({ quantity: 4 })], 'legs.1.quantity'],
    ['or of an alternative', [big({ quantity: 3, alternatives: ['hotel-b'] })], 'legs.0.quantity'],
    ['or of an offer named like a fault', [big({ quantity: 3, offerId: 'lost-inn' })], 'legs.0.quantity'],
  ])('%s', async (_what, legs, path) => {
    expect(await clientOf(ours).bookTrip({ legs })).toEqual({
      booking: null,
      replayed: false,
      userErrors: [
        {
          code: 'INVALID_INPUT',
          message: expect.stringMatching(/./) as unknown,
          field: ['input', ...path.split('.')],
          bookingId: null,
        },
      ],
    });
    expect(await accepted()).toBe(before);
  });

  test('an unknown kind, which GraphQL refuses with its path', async () => {
    const { data, errors } = await request<unknown, object>(
      api.url,
      parse('mutation ($input: BookTripInput!) { bookTrip(input: $input) { replayed } }'),
      { input: { name: 'a', legs: [CAR, { kind: 'BOAT', offerId: 'b' }] } },
    );
    expect(data).toBeFalsy();
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('"input.legs[1].kind"') as unknown,
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect(await accepted()).toBe(before);
  });
});

test('the message about a quantity names each offer that is too small, and its capacity', async () => {
  const leg = { ...HOTEL, offerId: 'hotel-a', alternatives: ['hotel-b'], quantity: 4 };
  const { userErrors } = await clientOf(ours).bookTrip({ legs: [leg] });
  expect(userErrors.map(({ message }) => message)).toEqual([
    'The quantity must not exceed the capacity of any offer: hotel-a has 3, hotel-b has 1.',
  ]);
});

test.each<[what: string, leg: LegInput]>([
  ['within the capacity', { kind: 'HOTEL', offerId: 'hotel-a', quantity: 3 }],
  ['of an offer that does not exist', { kind: 'HOTEL', offerId: 'nowhere', quantity: 1000 }],
  ['of an offer of another kind', { kind: 'CAR', offerId: 'hotel-a', quantity: 4 }],
  ['of an offer that the sandbox serves', { kind: 'HOTEL', offerId: 'down-0', quantity: 1000 }],
])('a quantity %s is left to the booking', async (_what, leg) => {
  const { booking, userErrors } = await clientOf(ours).bookTrip({ legs: [leg] });
  expect(userErrors).toEqual([]);
  expect(booking?.legs).toMatchObject([{ quantity: leg.quantity }]);
});

describe('law 7: with an idempotency key', () => {
  const LEGS = [HOTEL, { ...CAR, alternatives: ['d'] }];
  const book = (input: Partial<BookTripInput>, at = api) => clientOf(at).bookTrip(input);

  test('the same request returns the same booking', async () => {
    const idempotencyKey = randomUUID();
    const first = await book({ idempotencyKey, legs: LEGS, waitSeconds: 30 });
    const again = await book({ idempotencyKey, legs: LEGS });
    expect(again).toMatchObject({ replayed: true, booking: { id: first.booking!.id }, userErrors: [] });
    expect(await accepted()).toBe(before + 1);
  });

  test.each<[what: string, legs: LegInput[]]>([
    ['fewer legs', [HOTEL]],
    ['other alternatives', [HOTEL, { ...CAR, alternatives: ['e'] }]],
    ['another quantity', [HOTEL, { ...CAR, alternatives: ['d'], quantity: 2 }]],
    ['a leg that is not required', [HOTEL, { ...CAR, alternatives: ['d'], required: false }]],
    ['another sequence', [...LEGS].reverse()],
  ])('a request with %s is refused', async (_what, legs) => {
    const idempotencyKey = randomUUID();
    const { booking } = await book({ idempotencyKey, legs: LEGS });
    expect(await book({ idempotencyKey, legs })).toMatchObject({
      booking: null,
      userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED', bookingId: booking!.id }],
    });
    expect(await accepted()).toBe(before + 1);
  });

  test('bookVacation and bookTrip share the keys', async () => {
    const idempotencyKey = randomUUID();
    const vacation = { name: 'John Doe', car: 'c', hotel: 'h-down-0', flight: 'f', idempotencyKey };
    const { booking } = await clientOf(api).book(vacation);
    const legs: LegInput[] = [
      CAR,
      { kind: 'HOTEL', offerId: 'h-down-0', attempts: 5 },
      { kind: 'FLIGHT', offerId: 'f' },
    ];
    expect(await book({ idempotencyKey, legs })).toMatchObject({
      replayed: true,
      booking: { id: booking!.id },
    });
    expect((await book({ idempotencyKey, legs: [CAR] })).userErrors).toMatchObject([
      { code: 'IDEMPOTENCY_KEY_REUSED' },
    ]);
  });

  test('a replay needs no stock: the offer’s capacity may have shrunk', async () => {
    const idempotencyKey = randomUUID();
    const legs: LegInput[] = [{ kind: 'CAR', offerId: 'car-a', quantity: 5 }];
    const first = await book({ idempotencyKey, legs }, ours);
    expect(first.userErrors).toEqual([]);
    await room.database.pool.query("delete from offers where id = 'car-a'");
    await room.database.drizzle.insert(offers).values(anOffer({ id: 'car-a', capacity: 1 }));
    expect(await book({ idempotencyKey, legs }, ours)).toMatchObject({
      replayed: true,
      booking: { id: first.booking!.id },
    });
    expect(
      (await book({ idempotencyKey, legs: [{ ...legs[0]!, quantity: 4 }] }, ours)).userErrors,
    ).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
  });
});

test('the README’s trip is booked from the catalogue', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const mutation = [...readme.matchAll(/```graphql\n(.*?)```/gs)].find(([, code]) =>
    code?.includes('bookTrip('),
  );
  await seedOffers(room.database.pool);
  const { data, errors } = await request<{ bookTrip: { booking: { id: string } | null } }, object>(
    ours.url,
    parse(mutation?.[1] ?? ''),
    {},
  );
  expect(errors).toBeUndefined();
  expect(data?.bookTrip).toMatchObject({ booking: { status: 'CONFIRMED' }, userErrors: [] });
  const { order } = await room.trip(data!.bookTrip.booking!.id).record();
  for (const { kind, quantity, choices } of order.legs) {
    const known = await createOfferCatalogue(room.database.drizzle).offersOf(
      choices.map((one) => one.offerId),
    );
    for (const { offerId, supplier } of choices) {
      expect(supplier).toBe('inventory');
      expect(known.get(offerId)?.kind).toBe(kind);
      expect(known.get(offerId)?.capacity).toBeGreaterThanOrEqual(quantity);
    }
  }
});

describe('operators name a leg of a repeated kind by its id', () => {
  const stuck = async () => {
    const booking = await booked(
      { ...HOTEL, offerId: 'down-0-undo-down-1' },
      { ...HOTEL, offerId: 'hotel-down-0' },
      { kind: 'FLIGHT', offerId: 'invalid' },
    );
    expect(booking.status).toBe('NEEDS_ATTENTION');
    return booking.id;
  };

  test.each([
    ['retryUndo', RetryUndoDocument, {}],
    ['settleUndo', SettleUndoDocument, { note: 'phoned' }],
  ] as const)('%s', async (mutation, document, more) => {
    const id = await stuck();
    const decide = (named: object) =>
      request<Record<string, unknown>, object>(api.url, document as never, {
        input: { id, ...named, ...more },
      });
    const { data } = await decide({ leg: 'HOTEL' });
    expect(data?.[mutation]).toMatchObject({
      booking: null,
      userErrors: [
        {
          code: 'INVALID_INPUT',
          field: ['input', 'leg'],
          message: expect.stringContaining('hotel, hotel-2') as unknown,
        },
      ],
    });
    expect((await decide({ legId: 'hotel-2' })).data?.[mutation]).toMatchObject({
      userErrors: [{ code: 'UNDO_NOT_STUCK' }],
    });
    expect((await decide({ legId: 'hotel' })).data?.[mutation]).toMatchObject({ userErrors: [] });
    expect(await room.trip(id).end()).toMatchObject({ status: 'CANCELLED' });
  });
});

describe('what the supplier holds', () => {
  const HELD: Holding = {
    ...{ confirmation: 'QX7-42', title: 'Sea view', place: 'Nice', from: '2027-05-01', to: '2027-05-08' },
    price: { minor: 480_00, currency: 'EUR' },
  };
  /** A confirmed booking in whose record the supplier's answer is. */
  async function holding(held: Holding) {
    const { id } = await booked({ ...CAR, quantity: 2 }, { ...CAR, quantity: 1 });
    await room.database.pool.query(
      `update bookings set facts = jsonb_set(facts, '{legs,0,holding}', $2::jsonb) where id = $1`,
      [id, JSON.stringify(held)],
    );
    return id;
  }

  test('is shown as it was at booking', async () => {
    const booking = await clientOf(api).read(await holding(HELD));
    expect(booking?.legs[0]).toMatchObject({
      ...{ quantity: 2, ...HELD },
      price: { amount: '480.00', currency: 'EUR' },
    });
  });

  test('may be little', async () => {
    const booking = await clientOf(api).read(await holding({ confirmation: 'QX7-42' }));
    const nothing = { title: null, place: null, from: null, to: null, price: null };
    expect(booking?.legs[0]).toMatchObject({ confirmation: 'QX7-42', ...nothing });
  });

  test('goes when the traveller is forgotten, and the booking can still be read', async () => {
    const id = await holding(HELD);
    expect(await createForgetting(room.database.pool).forget(id)).toBe('forgotten');
    const booking = await clientOf(api).read(id);
    expect(booking).toMatchObject({ status: 'CONFIRMED', legs: [{ id: 'car' }, { id: 'car-2' }] });
    expect(booking?.legs[0]).toMatchObject({ confirmation: null, title: null, price: null, offerId: 'c' });
  });
});

test('a booking from our own stock still says what was bought after the offer has changed', async () => {
  const database = await createTestDatabase();
  const inventory = createInventorySupplier(database.pool);
  const shop = await openSagaRoom({ database, findSupplier: () => inventory });
  const counter = await startTestApi({ room: shop, suppliers: oneSupplier('inventory') });
  await database.drizzle
    .insert(offers)
    .values(anOffer({ id: 'hotel-x', kind: 'HOTEL', title: 'Sea view', place: 'Nice', priceMinor: 240_00 }));
  const { booking } = await clientOf(counter).bookTrip({
    legs: [{ kind: 'HOTEL', offerId: 'hotel-x', quantity: 2 }],
    waitSeconds: 30,
  });
  await database.pool.query("update offers set title = 'Car park', place = 'Lens', price_minor = 1");
  const [leg] = (await clientOf(counter).read(booking!.id))?.legs ?? [];
  expect(leg).toMatchObject({
    ...{ state: 'BOOKED', title: 'Sea view', place: 'Nice', from: '2099-05-03', to: '2099-05-10' },
    price: { amount: '480.00', currency: 'EUR' },
    confirmation: expect.stringMatching(/^\w+$/) as unknown,
  });
  expect(leg).toEqual(booking?.legs[0]);
  await counter.stop();
  await shop.close();
});

test('a trip with a bad leg is refused before anything is looked up', async () => {
  const find = vi.fn(room.wishes.find);
  const watched = await serve({
    wishes: { ...room.wishes, find },
    engine: room.engine,
    attempts: room.attempts,
  });
  await clientOf(watched).bookTrip({ idempotencyKey: 'k', legs: [{ ...CAR, quantity: 0 }] });
  await watched.stop();
  expect(find).not.toHaveBeenCalled();
});
