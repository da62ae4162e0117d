import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { parse } from 'graphql';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type BookTripInput,
  type LegInput,
  type LegKind,
  QuoteTripDocument,
} from '../../src/client/generated.js';
import { readQuoteKey } from '../../src/database/quote-key.js';
import { offers } from '../../src/database/tables.js';
import { createInventorySupplier } from '../../src/worker/suppliers/inventory/inventory-supplier.js';
import { request } from '../support/graphql-client.js';
import { oneSupplier } from '../support/one-supplier.js';
import { anOffer, twoDays } from '../support/offers.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { clientOf } from './fixtures/client.js';

/** A quote, and what is booked at its prices, from our own stock. */

let database: TestDatabase;
let room: SagaRoom;
let api: TestApi;
beforeAll(async () => {
  database = await createTestDatabase();
  const inventory = createInventorySupplier(database.pool);
  room = await openSagaRoom({ database, findSupplier: () => inventory });
  api = await startTestApi({ room, suppliers: oneSupplier('inventory'), sandboxIds: false });
});
afterAll(async () => {
  await api.stop();
  await room.close();
});

const stay = { startsOn: '2099-05-03', endsOn: '2099-05-10', place: 'Lisbon', timeZone: 'Europe/Lisbon' };
beforeEach(async () => {
  await database.pool.query('truncate offers, reservations');
  await database.drizzle.insert(offers).values([
    anOffer({ ...stay, id: 'car', kind: 'CAR', priceMinor: 189_00, travellersPerUnit: 5 }),
    anOffer({ ...stay, id: 'hotel', kind: 'HOTEL', priceMinor: 742_00, travellersPerUnit: 2 }),
    anOffer({ ...stay, id: 'flight', kind: 'FLIGHT', priceMinor: 214_30 }),
    anOffer({
      ...stay,
      id: 'inn',
      kind: 'HOTEL',
      priceMinor: 38500,
      currency: 'JPY',
      travellersPerUnit: 2,
    }),
  ]);
});

const LEGS: LegInput[] = [
  { kind: 'CAR', offerId: 'car' },
  { kind: 'HOTEL', offerId: 'hotel', alternatives: ['inn'] },
  { kind: 'FLIGHT', offerId: 'flight', quantity: 2 },
];

async function ask(legs: LegInput[] = LEGS, travellers?: number, from: TestApi = api) {
  const { data, errors } = await request(from.url, QuoteTripDocument, {
    input: { legs, ...(travellers !== undefined && { travellers }) },
  });
  expect(errors).toBeUndefined();
  return data!.quoteTrip;
}
const quoteOf = async (legs?: LegInput[]) => (await ask(legs)).quote!;
const book = (input: Partial<BookTripInput>, at: TestApi = api) =>
  clientOf(at).bookTrip({ legs: LEGS, waitSeconds: 30, ...input });
const setOffer = (id: string, values: Partial<typeof offers.$inferInsert>) =>
  database.drizzle.update(offers).set(values).where(eq(offers.id, id));
const bookings = async () => (await database.pool.query('select id from bookings')).rows.length;

describe('a quote', () => {
  test('says what each leg costs and what is left, the total, and until when', async () => {
    const before = Date.now();
    const { quote, userErrors } = await ask();
    expect(userErrors).toEqual([]);
    expect(quote).toMatchObject({
      total: [{ amount: '1359.60', currency: 'EUR' }],
      warnings: [],
      legs: [
        { id: 'car', kind: 'CAR', offerId: 'car', quantity: 1, price: { amount: '189.00', currency: 'EUR' } },
        {
          ...{ id: 'hotel', offerId: 'hotel', required: true, price: { amount: '742.00' } },
          offer: { title: 'Title', place: 'Lisbon', from: '2099-05-03', to: '2099-05-10', available: 5 },
          alternatives: [{ offerId: 'inn', price: { amount: '38500', currency: 'JPY' } }],
        },
        { id: 'flight', quantity: 2, price: { amount: '428.60', currency: 'EUR' } },
      ],
    });
    const left = Date.parse(String(quote?.expiresAt)) - before;
    expect(left).toBeGreaterThan(895_000);
    expect(left).toBeLessThan(960_000);
  });

  test('has one total for each currency, and converts nothing', async () => {
    const { total } = await quoteOf([...LEGS, { kind: 'HOTEL', offerId: 'inn', quantity: 2 }]);
    expect(total).toEqual([
      { amount: '1359.60', currency: 'EUR' },
      { amount: '77000', currency: 'JPY' },
    ]);
  });

  test('books nothing and stores nothing, however often it is asked for', async () => {
    const rows = async () => {
      const { rows } = await database.pool.query(
        `select (select count(*) from bookings) as bookings, (select count(*) from reservations) as reservations,
           (select json_agg(offers) from offers)::text as offers`,
      );
      return rows[0] as unknown;
    };
    const before = await rows();
    const quotes = await Promise.all(Array.from({ length: 50 }, () => quoteOf()));
    expect(quotes).toHaveLength(50);
    expect(await rows()).toEqual(before);
  });

  test('warns of what a traveller would want to know', async () => {
    await setOffer('flight', { startsOn: '2099-11-06', endsOn: '2099-11-16', place: 'Kyoto', reserved: 4 });
    const { quote } = await ask(LEGS, 3);
    expect(quote?.warnings.map(({ code, legIds }) => [code, ...legIds])).toEqual([
      ['TOO_FEW_LEFT', 'flight'],
      ['TOO_FEW_SEATS', 'hotel'],
      ['TOO_FEW_SEATS', 'flight'],
      ['DATES_DO_NOT_OVERLAP', 'flight'],
      ['PLACES_DIFFER', 'car', 'hotel', 'flight'],
      ['NIGHT_WITHOUT_HOTEL', 'flight'],
    ]);
  });

  test('of an unknown offer has no price for it, and says so', async () => {
    const { legs, total, warnings } = await quoteOf([
      { kind: 'CAR', offerId: 'nowhere' },
      { kind: 'CAR', offerId: 'hotel' },
      { kind: 'HOTEL', offerId: 'hotel' },
    ]);
    expect(legs.map(({ price, offer }) => [price?.amount, offer?.title])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      ['742.00', 'Title'],
    ]);
    expect(total).toEqual([{ amount: '742.00', currency: 'EUR' }]);
    expect(warnings.map(({ code, legIds }) => [code, ...legIds])).toEqual([
      ['OFFER_UNKNOWN', 'car'],
      ['OFFER_UNKNOWN', 'car-2'],
    ]);
  });

  test('of a leg that another supplier serves says that its price is not known yet', async () => {
    const suppliers = { ...oneSupplier('inventory'), CAR: 'acme' };
    const partly = await startTestApi({ room, suppliers });
    const { quote } = await ask(LEGS, undefined, partly);
    await partly.stop();
    expect(quote?.legs[0]).toMatchObject({ offerId: 'car', offer: null, price: null });
    expect(quote?.total).toEqual([{ amount: '1170.60', currency: 'EUR' }]);
    expect(quote?.warnings).toMatchObject([{ code: 'PRICE_UNKNOWN', legIds: ['car'] }]);
  });

  test.each<[string, LegInput[], number | undefined, string[]]>([
    ['no legs', [], undefined, ['input', 'legs']],
    [
      'a leg that bookTrip would refuse',
      [{ kind: 'CAR', offerId: ' ' }],
      undefined,
      ['input', 'legs', '0', 'offerId'],
    ],
    [
      'more than there ever are',
      [{ kind: 'CAR', offerId: 'car', quantity: 9 }],
      undefined,
      ['input', 'legs', '0', 'quantity'],
    ],
    ['nobody', LEGS, 0, ['input', 'travellers']],
  ])('is refused for %s', async (_, legs, travellers, field) => {
    expect(await ask(legs, travellers)).toMatchObject({
      quote: null,
      userErrors: [{ code: 'INVALID_INPUT', field }],
    });
  });

  test('of an offer that has begun is refused', async () => {
    await setOffer('inn', { startsOn: '2020-01-01', endsOn: '2020-01-02' });
    expect(await ask()).toMatchObject({
      quote: null,
      userErrors: [{ code: 'OFFER_PAST', field: ['input', 'legs', '1', 'alternatives', '0'] }],
    });
  });

  test('of the largest trip is short enough to be booked', async () => {
    const legs = Array.from({ length: 20 }, (_, index) => ({
      ...{ id: `leg-${index}`, kind: 'CAR' as const, offerId: `${index}-0` },
      alternatives: [1, 2, 3, 4, 5].map((choice) => `${index}-${choice}`),
    }));
    const ids = legs.flatMap(({ offerId, alternatives }) => [offerId, ...alternatives]);
    await database.drizzle
      .insert(offers)
      .values(ids.map((id) => anOffer({ id, priceMinor: 100_000_000_000 })));
    const { id } = await quoteOf(legs);
    expect(id.length).toBeLessThan(10_000);
    expect(await book({ legs, quoteId: id, waitSeconds: 0 })).toMatchObject({ userErrors: [] });
  });
});

describe('booking from a quote', () => {
  test('books exactly that at that price', async () => {
    const { id: quoteId } = await quoteOf();
    const { booking, userErrors } = await book({ quoteId });
    expect(userErrors).toEqual([]);
    expect(booking).toMatchObject({ status: 'CONFIRMED' });
    expect(booking?.legs.map(({ price }) => price?.amount)).toEqual(['189.00', '742.00', '428.60']);
    const { order } = await room.trip(booking!.id).record();
    expect(order.legs[1]?.choices).toEqual([
      { offerId: 'hotel', supplier: 'inventory', price: { minor: 742_00, currency: 'EUR' } },
      { offerId: 'inn', supplier: 'inventory', price: { minor: 38500, currency: 'JPY' } },
    ]);
  });

  test('is possible at any API', async () => {
    const other = await startTestApi({ room, suppliers: oneSupplier('inventory'), sandboxIds: false });
    const { quote } = await ask(LEGS, undefined, other);
    await other.stop();
    expect(await book({ quoteId: quote!.id })).toMatchObject({ booking: { status: 'CONFIRMED' } });
  });

  test('is possible for each of two travellers with the same quote', async () => {
    const { id: quoteId } = await quoteOf();
    const both = await Promise.all([book({ quoteId }), book({ quoteId, name: 'Jane Doe' })]);
    expect(both).toMatchObject([{ booking: { status: 'CONFIRMED' } }, { booking: { status: 'CONFIRMED' } }]);
  });

  test.each([
    [
      'of the offer',
      'hotel',
      { priceMinor: 742_01 },
      ['offerId'],
      'hotel costs 742.01 EUR now; the quote says 742.00 EUR.',
    ],
    [
      'that is lower',
      'hotel',
      { priceMinor: 1 },
      ['offerId'],
      'hotel costs 0.01 EUR now; the quote says 742.00 EUR.',
    ],
    [
      'of an alternative',
      'inn',
      { priceMinor: 1 },
      ['alternatives', '0'],
      'inn costs 1 JPY now; the quote says 38500 JPY.',
    ],
    [
      'in another currency',
      'hotel',
      { currency: 'USD' },
      ['offerId'],
      'hotel costs 742.00 USD now; the quote says 742.00 EUR.',
    ],
  ])('is refused for a price %s, and nothing is booked', async (_, id, change, field, message) => {
    const { id: quoteId } = await quoteOf();
    await setOffer(id, change);
    const before = await bookings();
    expect(await book({ quoteId })).toMatchObject({
      booking: null,
      userErrors: [{ code: 'PRICE_CHANGED', field: ['input', 'legs', '1', ...field], message }],
    });
    expect(await bookings()).toBe(before);
  });

  test('is refused if an offer is gone, or is there only now', async () => {
    const { id: gone } = await quoteOf();
    const legs: LegInput[] = [{ kind: 'CAR', offerId: 'new' }];
    const { id: unknown } = await quoteOf(legs);
    await database.pool.query("delete from offers where id = 'car'");
    await database.drizzle.insert(offers).values(anOffer({ id: 'new' }));
    expect(await book({ quoteId: gone })).toMatchObject({
      userErrors: [
        {
          code: 'PRICE_CHANGED',
          message: expect.stringMatching(/^car costs an amount that is not known now;/) as unknown,
        },
      ],
    });
    expect(await book({ quoteId: unknown, legs })).toMatchObject({ userErrors: [{ code: 'PRICE_CHANGED' }] });
  });

  test.each<[string, LegInput[]]>([
    ['another offer', [{ ...LEGS[0]!, offerId: 'other' }, ...LEGS.slice(1)]],
    ['another quantity', [{ ...LEGS[0]!, quantity: 2 }, ...LEGS.slice(1)]],
    ['one leg less', LEGS.slice(1)],
    ['another order', LEGS.toReversed()],
    ['an alternative less', [LEGS[0]!, { ...LEGS[1]!, alternatives: [] }, LEGS[2]!]],
    ['a leg that is not required', [{ ...LEGS[0]!, required: false }, ...LEGS.slice(1)]],
  ])('is refused for %s', async (_, legs) => {
    const { id: quoteId } = await quoteOf();
    expect(await book({ quoteId, legs })).toMatchObject({
      booking: null,
      userErrors: [{ code: 'QUOTE_MISMATCH', field: ['input', 'quoteId'] }],
    });
  });

  test('does not depend on how the same legs are written down', async () => {
    const { id: quoteId } = await quoteOf([{ kind: 'CAR', offerId: 'car' }]);
    const legs: LegInput[] = [
      { id: 'car', kind: 'CAR', offerId: 'car', alternatives: [], quantity: 1, required: true, stage: 1 },
    ];
    expect(await book({ quoteId, legs })).toMatchObject({ userErrors: [] });
  });

  test('is refused once the quote has expired, and not before', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const { id: quoteId } = await quoteOf();
      vi.setSystemTime(Date.now() + 890_000);
      expect(await book({ quoteId, waitSeconds: 0 })).toMatchObject({ userErrors: [] });
      vi.setSystemTime(Date.now() + 12_000);
      expect(await book({ quoteId })).toMatchObject({
        booking: null,
        userErrors: [{ code: 'QUOTE_EXPIRED', field: ['input', 'quoteId'] }],
      });
    } finally {
      vi.useRealTimers();
    }
  });

  describe('is refused for what is no quote of ours', () => {
    const claims = { legs: 'x', prices: [] };
    const signed = (key: Uint8Array, typ = 'quote', content: Record<string, unknown> = claims) =>
      new SignJWT(content).setProtectedHeader({ alg: 'HS256', typ }).setExpirationTime('1h').sign(key);
    const unsigned = () => {
      const [header, content] = [{ alg: 'none', typ: 'quote' }, claims].map((part) =>
        Buffer.from(JSON.stringify(part)).toString('base64url'),
      );
      return Promise.resolve(`${header}.${content}.`);
    };

    test.each<[string, () => Promise<string>]>([
      ['any text', () => Promise.resolve('quote')],
      ['an empty text', () => Promise.resolve('')],
      ['a very long text', () => Promise.resolve('x'.repeat(50_000))],
      ['a token without a signature', unsigned],
      ['a token with another key', () => signed(new Uint8Array(32))],
      ['a token for another purpose', async () => signed(await readQuoteKey(database.pool), 'JWT')],
      [
        'a quote that somebody changed',
        async () => {
          const [header, , signature] = (await quoteOf()).id.split('.');
          const [, content] = (await signed(new Uint8Array(32))).split('.');
          return `${header}.${content}.${signature}`;
        },
      ],
    ])('%s', async (_, made) => {
      expect(await book({ quoteId: await made() })).toMatchObject({
        booking: null,
        userErrors: [
          {
            ...{ code: 'INVALID_INPUT', field: ['input', 'quoteId'] },
            message: 'quoteId is not the id of a quote. Ask for one with quoteTrip.',
          },
        ],
      });
    });
  });

  test('with a known idempotency key is answered before quote, date and stock are looked at', async () => {
    const { id: quoteId } = await quoteOf();
    const idempotencyKey = randomUUID();
    const { booking } = await book({ quoteId, idempotencyKey });
    expect(booking).toMatchObject({ status: 'CONFIRMED' });

    await setOffer('car', { priceMinor: 1, startsOn: '2020-01-01', endsOn: '2020-01-02' });
    await database.pool.query('delete from quote_key');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 24 * 3600_000 });
    try {
      expect(await book({ quoteId, idempotencyKey })).toMatchObject({
        replayed: true,
        booking: { id: booking!.id },
      });
    } finally {
      vi.useRealTimers();
    }
  });

  test('with a known idempotency key and another quote is another request', async () => {
    const idempotencyKey = randomUUID();
    const { id: quoteId } = await quoteOf();
    const { booking } = await book({ quoteId, idempotencyKey });
    for (const other of [{}, { quoteId: `${quoteId}x` }]) {
      expect(await book({ ...other, idempotencyKey })).toMatchObject({
        booking: null,
        userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED', bookingId: booking!.id }],
      });
    }
  });

  test('a refused request leaves its idempotency key free for another one', async () => {
    const idempotencyKey = randomUUID();
    const { id: quoteId } = await quoteOf();
    await setOffer('car', { priceMinor: 1 });
    expect(await book({ quoteId, idempotencyKey })).toMatchObject({
      userErrors: [{ code: 'PRICE_CHANGED' }],
    });
    const { id: anew } = await quoteOf();
    expect(await book({ quoteId: anew, idempotencyKey })).toMatchObject({ booking: { status: 'CONFIRMED' } });
  });
});

test('a package can be quoted and booked as it was found', async () => {
  const PACKAGES = parse(`{
    packages(place: "lisbon", travellers: 3) {
      nodes { total { amount currency } legs { quantity offer { id kind } } }
    }
  }`);
  interface Found {
    readonly total: { readonly amount: string; readonly currency: string };
    readonly legs: readonly { readonly quantity: number; readonly offer: { id: string; kind: LegKind } }[];
  }
  const { data } = await request<{ packages: { nodes: Found[] } }, object>(api.url, PACKAGES, {});
  const [found] = data!.packages.nodes;
  // Three of them need one car for five, two rooms for two, and three seats.
  expect(found?.total).toEqual({ amount: '2315.90', currency: 'EUR' });
  const legs = found!.legs.map(({ quantity, offer: { id, kind } }) => ({ kind, offerId: id, quantity }));
  const { quote } = await ask(legs, 3);
  expect(quote).toMatchObject({ total: [found?.total], warnings: [] });
  const { booking } = await book({ legs, quoteId: quote!.id });
  expect(booking).toMatchObject({ status: 'CONFIRMED', total: [found?.total] });
});

describe('a price that changes on the way', () => {
  /** Books from a quote, and changes an offer after the trip was accepted and before it is reserved. */
  async function bookWhile(change: () => Promise<unknown>, legs: LegInput[]) {
    const { id: quoteId } = await quoteOf(legs);
    await room.stopWorker();
    const { booking } = await book({ quoteId, legs, waitSeconds: 0 });
    await change();
    await room.startWorker();
    return room.trip(booking!.id).end();
  }

  test('rolls the trip back, and nothing is held', async () => {
    const legs: LegInput[] = [LEGS[0]!, { kind: 'HOTEL', offerId: 'hotel' }];
    const record = await bookWhile(() => setOffer('hotel', { priceMinor: 743_00 }), legs);
    expect(record).toMatchObject({
      status: 'CANCELLED',
      facts: {
        failure: { code: 'PRICE_CHANGED', legId: 'hotel', message: 'hotel no longer costs what was quoted.' },
      },
    });
    const { rows } = await database.pool.query('select id from offers where reserved > 0');
    expect(rows).toEqual([]);
  });

  test('makes the leg go on to its alternative, at the price quoted for that', async () => {
    const record = await bookWhile(() => setOffer('hotel', { priceMinor: 743_00 }), LEGS);
    expect(record).toMatchObject({
      status: 'CONFIRMED',
      facts: {
        legs: [
          {},
          { tried: [{ code: 'PRICE_CHANGED' }], holding: { price: { minor: 38500, currency: 'JPY' } } },
          {},
        ],
      },
    });
  });

  test('matters only to those who booked from a quote', async () => {
    await room.stopWorker();
    const { booking } = await book({ waitSeconds: 0 });
    await setOffer('hotel', { priceMinor: 743_00 });
    await room.startWorker();
    expect(await room.trip(booking!.id).end()).toMatchObject({ status: 'CONFIRMED' });
  });
});

describe('an offer that has begun', () => {
  const { ahead, behind, day } = twoDays();
  const begun = { startsOn: day, endsOn: '2099-12-31', timeZone: ahead };

  test('is refused as the offer of a leg and as an alternative, by both mutations', async () => {
    await setOffer('hotel', begun);
    await setOffer('car', begun);
    const before = await bookings();
    expect((await book({})).userErrors).toMatchObject([
      {
        ...{ code: 'OFFER_PAST', field: ['input', 'legs', '0', 'offerId'] },
        message: `car has already begun: its first day is ${day} in ${ahead}. Choose another offer.`,
      },
      { code: 'OFFER_PAST', field: ['input', 'legs', '1', 'offerId'] },
    ]);
    const legs: LegInput[] = [{ kind: 'HOTEL', offerId: 'inn', alternatives: ['hotel'] }];
    expect((await book({ legs })).userErrors).toMatchObject([
      { code: 'OFFER_PAST', field: ['input', 'legs', '0', 'alternatives', '0'] },
    ]);
    const vacation = { car: 'car', hotel: 'inn', flight: 'flight' };
    expect((await clientOf(api).book(vacation)).userErrors).toMatchObject([
      { code: 'OFFER_PAST', field: ['input', 'car'] },
    ]);
    expect(await bookings()).toBe(before);
  });

  test('where it is is what counts', async () => {
    await setOffer('car', { ...begun, timeZone: behind });
    expect(await book({ legs: [LEGS[0]!] })).toMatchObject({ booking: { status: 'CONFIRMED' } });
  });

  test('on the way ends the trip, or makes the leg go on to its alternative', async () => {
    await room.stopWorker();
    const [ends, goesOn] = await Promise.all([
      book({ legs: [{ kind: 'HOTEL', offerId: 'hotel' }], waitSeconds: 0 }),
      book({ legs: [LEGS[1]!], waitSeconds: 0 }),
    ]);
    await setOffer('hotel', begun);
    await room.startWorker();
    expect(await room.trip(ends.booking!.id).end()).toMatchObject({
      status: 'CANCELLED',
      facts: { failure: { code: 'OFFER_PAST', message: 'hotel has already begun.' } },
    });
    expect(await room.trip(goesOn.booking!.id).end()).toMatchObject({
      status: 'CONFIRMED',
      facts: { legs: [{ tried: [{ code: 'OFFER_PAST' }] }] },
    });
  });
});
