import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BookVacationInput } from '../../src/client/generated.js';
import { offers } from '../../src/database/tables.js';
import { request } from '../support/graphql-client.js';
import { oneSupplier } from '../support/one-supplier.js';
import { anOffer } from '../support/offers.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { clientOf, TRIP } from './fixtures/client.js';

let room: SagaRoom;
let api: TestApi;
beforeAll(async () => {
  room = await openSagaRoom();
  api = await startTestApi({ room });
});
afterAll(async () => {
  await api.stop();
  await room.close();
});

async function book(input: Partial<BookVacationInput>, at = api) {
  const { booking, ...payload } = await clientOf(at).book(input);
  expect(payload).toEqual({ replayed: false, userErrors: [] });
  return booking!;
}

/** With the fields that are deprecated, which our own documents don't ask for. */
const TUTORIAL = parse(`mutation ($input: BookVacationInput!) { bookVacation(input: $input) { booking {
  userId cancelled car hotel flight result status done failure { code leg legId message } timeline { leg legId } } } }`) as TypedDocumentNode<
  { bookVacation: { booking: { timeline: unknown[] } } },
  { input: BookVacationInput }
>;

async function bookAsInTutorial(input: Partial<BookVacationInput>) {
  const { data } = await request(api.url, TUTORIAL, { input: { ...TRIP, ...input, waitSeconds: 30 } });
  return data!.bookVacation.booking;
}

describe('with waitSeconds, the reply is the tutorial’s, word for word', () => {
  test('for a trip that is booked', async () => {
    const booking = await bookAsInTutorial({ attempts: 5, hotel: 'valid-hotel-id' });
    expect(booking).toMatchObject({
      userId: expect.stringMatching(/^john-doe-\d{16}$/) as unknown,
      cancelled: false,
      car: 'Car: valid-car-id',
      hotel: 'Hotel: valid-hotel-id',
      flight: 'Flight: valid-flight-id',
      result: 'Booked car: valid-car-id Booked hotel: valid-hotel-id Booked flight: valid-flight-id',
      status: 'CONFIRMED',
      done: true,
      failure: null,
    });
    expect(booking.timeline).toContainEqual({ leg: 'FLIGHT', legId: 'flight' });
  });

  test('for a trip that is not', async () => {
    expect(await bookAsInTutorial({ attempts: 3, hotel: 'invalid-hotel-id' })).toMatchObject({
      userId: expect.stringMatching(/^john-doe-\d{16}$/) as unknown,
      cancelled: true,
      car: null,
      hotel: null,
      flight: null,
      result: 'Voyage cancelled',
      status: 'CANCELLED',
      done: true,
      failure: {
        code: 'SUPPLIER_REFUSED',
        leg: 'HOTEL',
        legId: 'hotel',
        message: 'Invalid hotel booking, rolling back!',
      },
    });
  });

  test('and its timeline includes the failed attempts', async () => {
    const { timeline } = await book({ car: 'waited-car-down-2', hotel: 'hotel-down-0', waitSeconds: 30 });
    const car = timeline.filter(({ legId }) => legId === 'car');
    expect(car.map(({ state, attempt }) => [state, attempt])).toEqual([
      ['RUNNING', null],
      ['RETRYING', 1],
      ['RETRYING', 2],
      ['BOOKED', 3],
    ]);
  });
});

const UNDECIDED = { result: null, failure: null };

test('without waitSeconds, the accepted booking is returned before its first step is done', async () => {
  const car = room.holdUp('reserve', 'car-at-once');
  const booking = await book({ car: 'car-at-once' });
  car.letGo();

  expect(booking).toMatchObject({ status: 'PENDING', done: false, source: 'RECORD', ...UNDECIDED });
  expect(booking.asOf).toBe(booking.createdAt);
  expect(booking.id).toBe(booking.userId);
});

test('a wait shorter than the booking returns the state so far', async () => {
  const car = room.holdUp('reserve', 'car-that-takes-long');
  const booking = await book({ car: 'car-that-takes-long', waitSeconds: 1.5 });
  car.letGo();

  expect(booking).toMatchObject({ done: false, ...UNDECIDED });
  // A worker that is busy may not have begun yet.
  expect(booking.status).toMatch(/^(PENDING|BOOKING)$/);
});

test('a wait ends as soon as the booking needs an operator', async () => {
  const booking = await book({ car: 'car-undo-down', flight: 'invalid-flight', waitSeconds: 50 });
  expect(booking).toMatchObject({ status: 'NEEDS_ATTENTION', done: false });
});

test('an offer id may contain any visible character, and is returned unchanged', async () => {
  const booking = await book({ car: 'Auto/№ 7?x=1&y="2"', waitSeconds: 30 });
  expect(booking.legs[0]).toMatchObject({ state: 'BOOKED', offerId: 'Auto/№ 7?x=1&y="2"' });
});

test('the booking links to its page in Temporal’s Web UI if its address is configured', async () => {
  const linked = await startTestApi({ room, temporalUiUrl: 'http://temporal.example/ui/' });
  const booking = await book({}, linked);
  await linked.stop();

  expect(booking.temporalUrl).toBe(`http://temporal.example/ui/namespaces/default/workflows/${booking.id}`);
  expect((await book({})).temporalUrl).toBeNull();
});

test('opaque ids reveal nothing about the traveller', async () => {
  const opaque = await startTestApi({ room, idStyle: 'opaque' });
  const { id, userId } = await book({}, opaque);
  await opaque.stop();
  expect(id).toMatch(/^trip-\d{16}$/);
  expect(userId).toMatch(/^john-doe-\d{16}$/);
});

test('the order has everything that was decided: trimmed texts, suppliers, policy, caller and request', async () => {
  const chosen = await startTestApi({
    room,
    suppliers: { ...oneSupplier('inventory'), CAR: 'acme' },
    policy: { deadlineSeconds: 60, undoAttempts: 7 },
  });
  const { id } = await book({ name: ' Jo ', attempts: 4, car: 'c' }, chosen);
  await chosen.stop();
  expect((await room.trip(id).record()).order).toMatchObject({
    userId: id,
    name: 'Jo',
    legs: [
      { id: 'car', kind: 'CAR', choices: [{ offerId: 'c', supplier: 'acme' }], stage: 1 },
      {
        ...{ id: 'hotel', kind: 'HOTEL', maxAttempts: 4, stage: 2 },
        choices: [{ offerId: 'valid-hotel-down-0', supplier: 'sandbox' }],
      },
      {
        ...{ id: 'flight', kind: 'FLIGHT', quantity: 1, required: true, stage: 3 },
        choices: [{ offerId: 'valid-flight-id', supplier: 'sandbox' }],
      },
    ],
    caller: { subject: 'anonymous', roles: ['operator'] },
    policy: { deadlineSeconds: 60, undoAttempts: 7 },
  });
});

describe('an id that exists in our own stock is never treated as a sandbox id', () => {
  const sold = async (id: string, kind: string) => {
    await room.database.drizzle.insert(offers).values(anOffer({ id, kind }));
  };
  let ours: TestApi;
  beforeAll(async () => {
    ours = await startTestApi({
      room,
      suppliers: oneSupplier('inventory'),
    });
  });
  afterAll(async () => {
    await ours.stop();
    await room.database.pool.query('delete from offers');
  });

  test.each(['hotel-paris-invalides', 'hotel-down-1', 'the-slow-inn', 'lost', 'valid-hotel-id', 'INVALID'])(
    '%s',
    async (hotel) => {
      await sold(hotel, 'HOTEL');
      const { id } = await book({ hotel }, ours);
      const { legs } = (await room.trip(id).record()).order;
      expect(legs.map(({ choices }) => choices[0]?.supplier)).toEqual(['sandbox', 'inventory', 'sandbox']);
    },
  );

  test.each(['hotel-paris-invalide', 'Hotel-Paris-Invalid', 'hotel-down-2'])(
    'but an id that does not exist there is: %s',
    async (hotel) => {
      const { id } = await book({ hotel }, ours);
      const { legs } = (await room.trip(id).record()).order;
      expect(legs.map(({ choices }) => choices[0]?.supplier)).toEqual(['sandbox', 'sandbox', 'sandbox']);
    },
  );

  test('even if it is an offer of another leg kind, which our stock then rejects', async () => {
    await sold('car-invalid-class', 'CAR');
    const { id } = await book({ hotel: 'car-invalid-class' }, ours);
    expect((await room.trip(id).record()).order.legs[1]?.choices).toMatchObject([{ supplier: 'inventory' }]);
  });
});
