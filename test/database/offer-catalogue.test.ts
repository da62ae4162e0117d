import { readFile } from 'node:fs/promises';
import { Pool } from 'pg';
import { drizzle } from 'drizzle-orm/node-postgres';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { DatabaseUnavailable } from '../../src/model/service-unavailable.js';
import {
  createOfferCatalogue,
  type OfferCatalogue,
  type OfferFilter,
  type OfferQuery,
} from '../../src/database/offer-catalogue.js';
import type { Offer } from '../../src/model/offer.js';
import * as schema from '../../src/database/tables.js';
import { nobody } from '../api/fixtures/servers.js';
import { anOffer, twoDays } from '../support/offers.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let catalogue: OfferCatalogue;

/** Their own dates, because they are filtered and sorted by them. */
const stay = { endsOn: '2099-12-31', timeZone: 'Europe/Lisbon', title: 'A car' };
const OFFERS = [
  anOffer({ ...stay, id: 'c', place: 'Lisbon', startsOn: '2099-05-01', endsOn: '2099-05-08' }),
  anOffer({
    ...stay,
    id: 'a',
    place: 'Lisbon',
    startsOn: '2099-05-02',
    endsOn: '2099-05-09',
    priceMinor: 99_99,
  }),
  anOffer({
    ...stay,
    id: 'b',
    place: 'New York',
    startsOn: '2099-05-02',
    priceMinor: 1000_00,
    currency: 'USD',
  }),
  anOffer({
    ...stay,
    id: 'd',
    place: '100%_Sun\\Town',
    startsOn: '2099-05-02',
    priceMinor: 20_00,
    reserved: 4,
  }),
  anOffer({ ...stay, id: 'e', place: "L'Aquila", startsOn: '2099-05-03', priceMinor: 50, reserved: 2 }),
  anOffer({ ...stay, id: 'x', place: 'Lisbon', startsOn: '2099-05-03', priceMinor: 10_00, reserved: 5 }),
  anOffer({
    ...stay,
    id: 'y',
    place: 'Lisbon',
    startsOn: '2020-05-01',
    endsOn: '2020-05-08',
    priceMinor: 10_00,
  }),
  anOffer({ ...stay, id: 'h', kind: 'HOTEL', place: 'Lisbon', startsOn: '2099-05-01' }),
];

beforeAll(async () => {
  database = await createTestDatabase();
  await database.drizzle.insert(schema.offers).values(OFFERS);
  catalogue = createOfferCatalogue(database.drizzle);
});
afterAll(() => database.close());

const EVERY_CAR = {
  kind: 'CAR',
  sort: 'FIRST_DAY',
  first: 100,
  includePast: false,
  includeSoldOut: false,
} as const satisfies OfferQuery;

async function idsOf(filter: OfferFilter, query: Partial<OfferQuery> = {}): Promise<string> {
  const { offers } = await catalogue.list({ ...EVERY_CAR, filter, ...query });
  return offers.map(({ id }) => id).join('');
}

test('an offer has the number of units left', async () => {
  const { offers } = await catalogue.list({ ...EVERY_CAR, filter: { places: ['aquila'] } });
  expect(offers).toEqual([
    {
      id: 'e',
      kind: 'CAR',
      title: 'A car',
      place: "L'Aquila",
      from: '2099-05-03',
      to: '2099-12-31',
      timeZone: 'Europe/Lisbon',
      past: false,
      price: { minor: 50, currency: 'EUR' },
      travellersPerUnit: 1,
      capacity: 5,
      available: 3,
    },
  ]);
});

test('only offers of the requested kind are listed, ordered by start day and id', async () => {
  expect(await idsOf({})).toBe('cabde');
  expect(await idsOf({}, { kind: 'HOTEL' })).toBe('h');
  expect(await idsOf({}, { kind: 'FLIGHT' })).toBe('');
});

test('the cheapest come first if they are sorted by price, currency by currency', async () => {
  expect(await idsOf({}, { sort: 'PRICE' })).toBe('edacb');
  expect(await idsOf({}, { sort: 'PRICE', includeSoldOut: true, includePast: true })).toBe('eyxdacb');
});

test('sold-out offers are listed only on request, with none left', async () => {
  const { offers } = await catalogue.list({ ...EVERY_CAR, includeSoldOut: true });
  expect(offers.map(({ id }) => id).join('')).toBe('cabdex');
  expect(offers.at(-1)).toMatchObject({ id: 'x', available: 0 });
});

test('offers that have begun are listed only on request, and marked', async () => {
  const { offers } = await catalogue.list({ ...EVERY_CAR, includePast: true });
  expect(offers.map(({ id }) => id).join('')).toBe('ycabde');
  expect(offers.map(({ past }) => past)).toEqual([true, false, false, false, false, false]);
});

test('whether an offer has begun is decided where it is', async () => {
  const { ahead, behind, day } = twoDays();
  const begins = { kind: 'EXCURSION', startsOn: day } as const;
  await database.drizzle
    .insert(schema.offers)
    .values([
      anOffer({ ...begins, id: 'begun', timeZone: ahead }),
      anOffer({ ...begins, id: 'to-come', timeZone: behind }),
    ]);
  const excursions = { ...EVERY_CAR, kind: 'EXCURSION' } as const;
  expect((await catalogue.list(excursions)).offers).toMatchObject([{ id: 'to-come', past: false }]);
  expect((await catalogue.list({ ...excursions, includePast: true })).offers).toMatchObject([
    { id: 'begun', past: true },
    { id: 'to-come', past: false },
  ]);
});

test('an offer that begins tomorrow where it is is listed, although tomorrow is today elsewhere', async () => {
  const { behind, tomorrowBehind } = twoDays();
  const offer = anOffer({ id: 'soon', kind: 'TRANSFER', startsOn: tomorrowBehind, timeZone: behind });
  await database.drizzle.insert(schema.offers).values(offer);
  expect((await catalogue.list({ ...EVERY_CAR, kind: 'TRANSFER' })).offers).toMatchObject([{ id: 'soon' }]);
});

test('offers are found by id, whatever their kind, past and sold out ones too', async () => {
  const found = await catalogue.offersOf(['e', 'nowhere', 'h', 'e', 'x', 'y']);
  expect([...found.keys()].sort()).toEqual(['e', 'h', 'x', 'y']);
  expect(found.get('e')).toMatchObject({ kind: 'CAR', capacity: 5, available: 3, past: false });
  expect(found.get('h')).toMatchObject({ kind: 'HOTEL' });
  expect(found.get('x')).toMatchObject({ available: 0 });
  expect(found.get('y')).toMatchObject({ past: true });
  expect(await catalogue.offersOf([])).toEqual(new Map());
});

test.each([
  ['lisbon', 'ca'],
  ['ISBO', 'ca'],
  ['york', 'b'],
  ['%', 'd'],
  ['_', 'd'],
  ['\\', 'd'],
  ["'", 'e'],
  ['Atlantis', ''],
])('a place is found by part of its name, without wildcards: %s', async (place, ids) => {
  expect(await idsOf({ places: [place] })).toBe(ids);
});

test('an offer may be in any of several places', async () => {
  expect(await idsOf({ places: ['york', 'aquila'] })).toBe('be');
  expect(await idsOf({ places: ['lisbon', 'isbo'] })).toBe('ca');
});

test('an offer must lie entirely within the requested days', async () => {
  const within = (from?: string, to?: string) => idsOf({ periods: [{ from, to }] });
  expect(await within('2099-05-02')).toBe('abde');
  expect(await within('2099-05-04')).toBe('');
  expect(await within(undefined, '2099-05-08')).toBe('c');
  expect(await within('2099-05-02', '2099-05-09')).toBe('a');
  expect(await within()).toBe('cabde');
});

test('an offer may lie within any of several periods, but not across two', async () => {
  const [may1to8, may2to9] = [
    { from: '2099-05-01', to: '2099-05-08' },
    { from: '2099-05-02', to: '2099-05-09' },
  ];
  expect(await idsOf({ periods: [may1to8, may2to9] })).toBe('ca');
  expect(await idsOf({ periods: [{ to: '2099-05-04' }, { from: '2099-05-05' }] })).toBe('');
});

test('every condition must hold', async () => {
  const periods = [{ from: '2099-05-02' }];
  expect(await idsOf({ places: ['lisbon'], periods })).toBe('a');
  expect(
    await idsOf({ places: ['lisbon', 'york'], periods, maxPrice: { minor: 100_00, currency: 'EUR' } }),
  ).toBe('a');
});

test.each([
  [0, ''],
  [50, 'e'],
  [20_00, 'de'],
  [99_99, 'ade'],
  [100_00, 'cade'],
])('a price is at most %d minor units of its currency', async (minor, ids) => {
  expect(await idsOf({ maxPrice: { minor, currency: 'EUR' } })).toBe(ids);
});

test('a price in another currency is never at most the price asked for', async () => {
  expect(await idsOf({ maxPrice: { minor: 1_000_000_00, currency: 'USD' } })).toBe('b');
  expect(await idsOf({ maxPrice: { minor: 1_000_000_00, currency: 'JPY' } })).toBe('');
});

test.each(['FIRST_DAY', 'PRICE'] as const)(
  'page by page, sorted by %s, it is the whole list',
  async (sort) => {
    const every = { ...EVERY_CAR, sort, includePast: true, includeSoldOut: true };
    const all = (await catalogue.list(every)).offers;
    for (const first of [1, 2, 3]) {
      const seen: Offer[] = [];
      for (let more = true; more;) {
        const page = await catalogue.list({ ...every, first, after: seen.at(-1) });
        seen.push(...page.offers);
        more = page.hasNextPage;
      }
      expect(seen).toEqual(all);
    }
  },
);

test('pages neither repeat nor skip an offer while others are added and removed', async () => {
  const first = await catalogue.list({ ...EVERY_CAR, first: 2 });
  expect(first).toMatchObject({ offers: [{ id: 'c' }, { id: 'a' }], hasNextPage: true });

  const early = anOffer({ id: '0', place: 'Rome', startsOn: '2099-01-01' });
  await database.drizzle.insert(schema.offers).values(early);
  await database.pool.query(`delete from offers where id = 'a'`);
  const rest = await catalogue.list({ ...EVERY_CAR, first: 3, after: first.offers[1] });
  expect(rest).toMatchObject({ offers: [{ id: 'b' }, { id: 'd' }, { id: 'e' }], hasNextPage: false });
});

test('the offer of the manual for operators can be put on sale, and its capacity lowered to what is reserved', async () => {
  const manual = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const [, insert = ''] = /```sql\n(insert into offers .*?)```/s.exec(manual) ?? [];
  await database.pool.query(insert);
  const offer = (await catalogue.offersOf(['hotel-porto-ribeira'])).get('hotel-porto-ribeira');
  expect(offer).toMatchObject({
    price: { minor: 742_00, currency: 'EUR' },
    timeZone: 'Europe/Lisbon',
    available: 6,
  });

  const lower = (capacity: number) =>
    database.pool.query("update offers set capacity = $1 where id = 'hotel-porto-ribeira'", [capacity]);
  await database.pool.query("update offers set reserved = 2 where id = 'hotel-porto-ribeira'");
  await lower(2);
  await expect(lower(1)).rejects.toMatchObject({ constraint: 'offers_not_oversold' });
});

test('an unavailable database is reported as such', async () => {
  const { address } = await nobody();
  const pool = new Pool({ connectionString: `postgres://postgres@${address}/gone` });
  onTestFinished(() => pool.end());
  const away = createOfferCatalogue(drizzle(pool, { schema }));
  await expect(away.list(EVERY_CAR)).rejects.toThrow(DatabaseUnavailable);
  await expect(away.offersOf(['a'])).rejects.toThrow(DatabaseUnavailable);
});
