import { expect, onTestFinished, test } from 'vitest';
import { LEG_KINDS } from '../../src/model/legs.js';
import { createOfferCatalogue } from '../../src/database/offer-catalogue.js';
import { seedIfEmpty, seedOffers } from '../../src/database/seed.js';
import { parseFaults } from '../../src/model/sandbox-faults.js';
import { createTestDatabase } from '../support/test-database.js';

async function openDatabase() {
  const database = await createTestDatabase();
  onTestFinished(() => database.close());
  const catalogue = createOfferCatalogue(database.drizzle);
  const list = async () => {
    const pages = await Promise.all(
      LEG_KINDS.map((kind) =>
        catalogue.list({ kind, first: 100, sort: 'FIRST_DAY', includePast: true, includeSoldOut: true }),
      ),
    );
    return pages.flatMap(({ offers }) => offers);
  };
  return { ...database, list };
}

test('an empty database gets offers of every kind for every place, some nearly sold out and one sold out', async () => {
  const { pool, list } = await openDatabase();
  expect(await seedIfEmpty(pool)).toBe(true);
  const offers = await list();
  const places = new Set(offers.map(({ place }) => place));
  for (const kind of LEG_KINDS) {
    const served = offers.filter((offer) => offer.kind === kind).map(({ place }) => place);
    expect(new Set(served)).toEqual(places);
  }
  expect(places.size).toBeGreaterThanOrEqual(5);
  expect(offers.filter(({ available }) => available === 0)).toHaveLength(1);
  expect(offers.some(({ available }) => available === 1)).toBe(true);
  for (const { kind, id, from, to, past } of offers) {
    expect(id).toMatch(new RegExp(`^${kind.toLowerCase()}(-[a-z]+){2}$`));
    expect(from < to).toBe(true);
    expect(past).toBe(false);
  }
});

test('no offer has an id that makes the sandbox fail', async () => {
  const { pool, list } = await openDatabase();
  await seedOffers(pool);
  for (const { id } of await list()) expect(parseFaults(id)).toEqual(parseFaults('an-offer'));
});

test('seeding again adds missing offers and leaves the others as they are, including the number sold', async () => {
  const { pool, list } = await openDatabase();
  const count = await seedOffers(pool);
  await pool.query(`update offers set title = 'Renamed', reserved = 1 where id = 'car-lisbon-compact'`);
  await pool.query(`delete from offers where id = 'car-rome-city'`);
  const before = await list();

  expect(await seedOffers(pool)).toBe(1);
  const after = await list();
  expect(after).toHaveLength(count);
  expect(after.filter(({ id }) => id !== 'car-rome-city')).toEqual(before);
});

test('a database that has an offer is left alone', async () => {
  const { pool, list } = await openDatabase();
  await seedOffers(pool);
  await pool.query(`delete from offers where id <> 'car-lisbon-compact'`);
  expect(await seedIfEmpty(pool)).toBe(false);
  expect(await list()).toHaveLength(1);
});

test('of many concurrent calls on an empty database, one seeds it', async () => {
  const { pool, list } = await openDatabase();
  const seeded = await Promise.all(Array.from({ length: 8 }, () => seedIfEmpty(pool)));
  expect(seeded.filter(Boolean)).toHaveLength(1);
  const ids = (await list()).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
