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
import * as schema from '../../src/database/tables.js';
import { nobody } from '../api/fixtures/servers.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let catalogue: OfferCatalogue;

const anOffer = { kind: 'CAR', title: 'A car', endsOn: '2027-12-31', currency: 'EUR', capacity: 5 };
const OFFERS = [
  { ...anOffer, id: 'c', place: 'Lisbon', startsOn: '2027-05-01', endsOn: '2027-05-08', price: '100.00' },
  { ...anOffer, id: 'a', place: 'Lisbon', startsOn: '2027-05-02', endsOn: '2027-05-09', price: '99.99' },
  { ...anOffer, id: 'b', place: 'New York', startsOn: '2027-05-02', price: '1000.00', currency: 'USD' },
  { ...anOffer, id: 'd', place: '100%_Sun\\Town', startsOn: '2027-05-02', price: '20.00', reserved: 5 },
  { ...anOffer, id: 'e', place: "L'Aquila", startsOn: '2027-05-03', price: '0.50', reserved: 2 },
  { ...anOffer, id: 'h', kind: 'HOTEL', place: 'Lisbon', startsOn: '2027-05-01', price: '80.00' },
];

beforeAll(async () => {
  database = await createTestDatabase();
  await database.drizzle.insert(schema.offers).values(OFFERS);
  catalogue = createOfferCatalogue(database.drizzle);
});
afterAll(() => database.close());

async function idsOf(filter: OfferFilter, query: Partial<OfferQuery> = {}): Promise<string> {
  const { offers } = await catalogue.list({ kind: 'CAR', first: 100, filter, ...query });
  return offers.map(({ id }) => id).join('');
}

test('an offer has the number of units left', async () => {
  const { offers } = await catalogue.list({ kind: 'CAR', first: 1, filter: { place: 'aquila' } });
  expect(offers).toEqual([
    {
      id: 'e',
      kind: 'CAR',
      title: 'A car',
      place: "L'Aquila",
      from: '2027-05-03',
      to: '2027-12-31',
      price: { amount: '0.50', currency: 'EUR' },
      available: 3,
    },
  ]);
});

test('only offers of the requested kind are listed, ordered by start day and id', async () => {
  expect(await idsOf({})).toBe('cabde');
  expect(await idsOf({}, { kind: 'HOTEL' })).toBe('h');
  expect(await idsOf({}, { kind: 'FLIGHT' })).toBe('');
});

test('sold-out offers are listed too, with none left', async () => {
  const { offers } = await catalogue.list({ kind: 'CAR', first: 9, filter: { place: 'Sun' } });
  expect(offers).toMatchObject([{ id: 'd', available: 0 }]);
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
  expect(await idsOf({ place })).toBe(ids);
});

test('an offer must lie entirely within the requested days', async () => {
  expect(await idsOf({ from: '2027-05-02' })).toBe('abde');
  expect(await idsOf({ from: '2027-05-04' })).toBe('');
  expect(await idsOf({ to: '2027-05-08' })).toBe('c');
  expect(await idsOf({ from: '2027-05-02', to: '2027-05-09' })).toBe('a');
});

test.each([
  ['0', ''],
  ['0.5', 'e'],
  ['20', 'de'],
  ['99.99', 'ade'],
  ['100', 'cade'],
  ['9999999999', 'cabde'],
])('prices are compared as numbers: at most %s', async (maxPrice, ids) => {
  expect(await idsOf({ maxPrice })).toBe(ids);
});

test('pages neither repeat nor skip an offer while others are added and removed', async () => {
  const first = await catalogue.list({ kind: 'CAR', first: 2, filter: {} });
  expect(first).toMatchObject({ offers: [{ id: 'c' }, { id: 'a' }], hasNextPage: true });

  const early = { ...anOffer, id: '0', place: 'Rome', startsOn: '2027-01-01', price: '1.00' };
  await database.drizzle.insert(schema.offers).values(early);
  await database.pool.query(`delete from offers where id = 'a'`);
  const rest = await catalogue.list({ kind: 'CAR', first: 3, after: first.offers[1], filter: {} });
  expect(rest).toMatchObject({ offers: [{ id: 'b' }, { id: 'd' }, { id: 'e' }], hasNextPage: false });
});

test('an unavailable database is reported as such', async () => {
  const { address } = await nobody();
  const pool = new Pool({ connectionString: `postgres://postgres@${address}/gone` });
  onTestFinished(() => pool.end());
  const away = createOfferCatalogue(drizzle(pool, { schema }));
  await expect(away.list({ kind: 'CAR', first: 1, filter: {} })).rejects.toThrow(DatabaseUnavailable);
});
