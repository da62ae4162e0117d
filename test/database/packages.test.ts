import { Pool } from 'pg';
import { drizzle } from 'drizzle-orm/node-postgres';
import { sql } from 'drizzle-orm';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createPackageCatalogue, type PackageQuery } from '../../src/database/packages.js';
import * as schema from '../../src/database/tables.js';
import type { Package } from '../../src/model/package.js';
import { DatabaseUnavailable } from '../../src/model/service-unavailable.js';
import { nobody } from '../api/fixtures/servers.js';
import { anOffer, aStay, type OfferRow } from '../support/stays.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(() => clear());
afterAll(() => database.close());

const clear = () => database.pool.query('truncate offers cascade');
const add = (...rows: readonly OfferRow[]) => database.drizzle.insert(schema.offers).values([...rows]);

const ALL: PackageQuery = { place: 'Lisbon', period: {}, travellers: 1, first: 100 };
const list = (query: Partial<PackageQuery> = {}) =>
  createPackageCatalogue(database.drizzle).list({ ...ALL, ...query });

/** `hotel + car + flight: total`, with the units of each. */
const inWords = ({ hotel, car, flight, total }: Package) =>
  `${[hotel, car, flight].map(({ quantity, offer }) => `${quantity} ${offer.id}`).join(' + ')}: ${total.minor} ${total.currency}`;
const found = async (query: Partial<PackageQuery> = {}) => (await list(query)).packages.map(inWords);

const positionOf = ({ total, hotel }: Package) => ({
  total,
  from: hotel.offer.from,
  hotelId: hotel.offer.id,
});

test('a package has its legs, their quantities and prices, and the total', async () => {
  await add(
    anOffer({ id: 'c', kind: 'CAR', priceMinor: 18_900, travellersPerUnit: 5 }),
    anOffer({ id: 'h', kind: 'HOTEL', priceMinor: 45_000, travellersPerUnit: 2, reserved: 2 }),
    anOffer({ id: 'f', kind: 'FLIGHT', priceMinor: 9900 }),
  );
  const { packages, hasNextPage } = await list({ travellers: 3 });
  expect(hasNextPage).toBe(false);
  const eur = (minor: number) => ({ minor, currency: 'EUR' });
  expect(packages).toEqual([
    {
      total: eur(18_900 + 90_000 + 29_700),
      car: { offer: expect.objectContaining({ id: 'c' }) as unknown, quantity: 1, price: eur(18_900) },
      hotel: {
        offer: {
          id: 'h',
          kind: 'HOTEL',
          title: 'The hotel h',
          place: 'Lisbon',
          from: '2999-05-01',
          to: '2999-05-08',
          timeZone: 'Europe/Lisbon',
          past: false,
          price: eur(45_000),
          travellersPerUnit: 2,
          capacity: 5,
          available: 3,
        },
        quantity: 2,
        price: eur(90_000),
      },
      flight: { offer: expect.objectContaining({ id: 'f' }) as unknown, quantity: 3, price: eur(29_700) },
    },
  ]);
});

describe('legs fit together only if they', () => {
  const DIFFERENT: readonly (readonly [string, Partial<OfferRow>])[] = [
    ['are in the same place', { place: 'Lisbon Airport' }],
    ['begin on the same day', { startsOn: '2999-05-02' }],
    ['end on the same day', { endsOn: '2999-05-09' }],
    ['have the same currency', { currency: 'USD' }],
    ['are of the three kinds', { kind: 'TRANSFER' }],
    ['are not sold out', { capacity: 5, reserved: 5 }],
    ['have not begun', { startsOn: '2020-05-01', endsOn: '2020-05-08' }],
  ];
  const LEGS = [0, 1, 2] as const;

  test.each(DIFFERENT.flatMap(([what, row]) => LEGS.map((leg) => ({ what, row, leg }))))(
    '$what (leg $leg)',
    async ({ row, leg }) => {
      const stay = aStay('a');
      await add(...stay.map((offer, index) => (index === leg ? { ...offer, ...row } : offer)));
      expect(await found()).toEqual([]);
      await add({ ...stay[leg]!, id: 'fits' });
      expect(await found()).toHaveLength(1);
    },
  );

  test('are all of a stay that has not begun', async () => {
    await add(...aStay('a', { startsOn: '2020-05-01', endsOn: '2999-05-08' }));
    expect(await found()).toEqual([]);
  });
});

test('a place is the whole name, in any case and Unicode form', async () => {
  await add(
    ...aStay('a', { place: 'São Tomé' }),
    ...aStay('b', { place: 'São Tomé e Príncipe' }),
    ...aStay('c', { place: '%' }),
  );
  for (const place of ['são tomé', 'SÃO TOMÉ', 'Sa\u0303o Tome\u0301']) {
    expect(await found({ place })).toEqual(['1 hotel-a + 1 car-a + 1 flight-a: 300 EUR']);
  }
  for (const place of ['São', 'São Tom_', 'Sao Tome', '']) expect(await found({ place })).toEqual([]);
  expect(await found({ place: '%' })).toHaveLength(1);
});

test('legs whose place is spelled in different cases fit together', async () => {
  const [car, hotel, flight] = aStay('a') as [OfferRow, OfferRow, OfferRow];
  await add({ ...car, place: 'LISBON' }, { ...hotel, place: 'lisbon' }, flight);
  expect(await found()).toHaveLength(1);
});

test('whether a stay has begun depends on the time zone of each leg', async () => {
  // The clock of a transaction stands still, and it's never the same day in these two zones.
  const pool = new Pool({ connectionString: database.url, max: 1 });
  onTestFinished(() => pool.end());
  const LATE = 'Etc/GMT+12';
  const EARLY = 'Pacific/Kiritimati';
  await drizzle(pool, { schema }).transaction(async (transaction) => {
    const tomorrow = sql`(now() at time zone ${LATE})::date + 1`;
    const inZones = (id: string, zones: readonly string[]) =>
      aStay(id).map((offer, index) => ({ ...offer, startsOn: tomorrow, timeZone: zones[index]! }));
    await transaction
      .insert(schema.offers)
      .values([LATE, EARLY].flatMap((zone) => inZones(zone, [zone, zone, zone])));
    const { packages } = await createPackageCatalogue(transaction).list(ALL);
    expect(packages.map(inWords)).toEqual([`1 hotel-${LATE} + 1 car-${LATE} + 1 flight-${LATE}: 300 EUR`]);

    for (const mixed of [0, 1, 2]) {
      await transaction.delete(schema.offers);
      const zones = [LATE, LATE, LATE].with(mixed, EARLY);
      await transaction.insert(schema.offers).values(inZones('mixed', zones));
      expect(await createPackageCatalogue(transaction as never).list(ALL)).toMatchObject({ packages: [] });
    }
  });
});

test('all days are in the period, both of whose days are included', async () => {
  await add(...aStay('a'));
  const may = (day: number) => `2999-05-0${day}`;
  expect(await found({ period: { from: may(1), to: may(8) } })).toHaveLength(1);
  expect(await found({ period: { from: may(1) } })).toHaveLength(1);
  expect(await found({ period: { to: may(8) } })).toHaveLength(1);
  expect(await found({ period: { from: may(2) } })).toEqual([]);
  expect(await found({ period: { to: may(7) } })).toEqual([]);
  expect(await found({ period: { from: may(2), to: may(7) } })).toEqual([]);
});

describe('the car and the flight', () => {
  test.each(['CAR', 'FLIGHT'])('are the cheapest: %s', async (kind) => {
    await add(
      ...aStay('a', { priceMinor: 1000 }),
      anOffer({ id: 'dearer', kind, priceMinor: 1001 }),
      anOffer({ id: 'cheaper', kind, priceMinor: 999 }),
    );
    const packages = await found();
    expect(packages).toHaveLength(1);
    expect(packages[0]).toContain('1 cheaper');
    expect(packages[0]).toContain(': 2999 EUR');
  });

  test.each(['CAR', 'FLIGHT'])('have enough units left: %s', async (kind) => {
    const few = anOffer({ id: 'few', kind, priceMinor: 1, capacity: 4, reserved: 2 });
    await add(...aStay('a', { priceMinor: 1000 }), few);
    expect((await found({ travellers: 2 }))[0]).toContain('2 few');
    expect((await found({ travellers: 3 }))[0]).not.toContain('few');
  });

  test.each(['CAR', 'FLIGHT'])('are chosen by the price of all units: %s', async (kind) => {
    await add(
      ...aStay('a', { priceMinor: 10_000 }),
      anOffer({ id: 'for-one', kind, priceMinor: 60 }),
      anOffer({ id: 'for-two', kind, priceMinor: 100, travellersPerUnit: 2 }),
    );
    expect((await found({ travellers: 1 }))[0]).toContain('1 for-one');
    expect((await found({ travellers: 2 }))[0]).toContain('1 for-two');
    // Two for-two cost 200, three for-one 180.
    expect((await found({ travellers: 3 }))[0]).toContain('3 for-one');
    expect((await found({ travellers: 4 }))[0]).toContain('2 for-two');
  });

  test.each(['CAR', 'FLIGHT'])('are those with the first id among equals: %s', async (kind) => {
    await add(
      ...aStay('a', { priceMinor: 1000 }),
      ...['3', '1', '2'].map((id) => anOffer({ id, kind, priceMinor: 7 })),
    );
    expect((await found())[0]).toContain('1 1');
  });
});

test('each hotel that has enough rooms left is a package', async () => {
  await add(
    ...aStay('a'),
    anOffer({ id: 'double', kind: 'HOTEL', priceMinor: 150, travellersPerUnit: 2, capacity: 1 }),
    anOffer({ id: 'dormitory', kind: 'HOTEL', priceMinor: 500, travellersPerUnit: 2_147_483_647 }),
  );
  expect(await found({ travellers: 2 })).toEqual([
    '1 double + 2 car-a + 2 flight-a: 550 EUR',
    '2 hotel-a + 2 car-a + 2 flight-a: 600 EUR',
    '1 dormitory + 2 car-a + 2 flight-a: 900 EUR',
  ]);
  expect(await found({ travellers: 5 })).toEqual(
    ['5 hotel-a + 5 car-a + 5 flight-a: 1500 EUR', '1 dormitory + 5 car-a + 5 flight-a: 1500 EUR'].sort(
      (a, b) => (a < b ? -1 : 1),
    ),
  );
  expect(await found({ travellers: 6 })).toEqual([]);
});

test('the dearest offers for the most travellers are counted exactly', async () => {
  await add(...aStay('a', { priceMinor: 1e11, capacity: 1000 }));
  expect((await list({ travellers: 1000 })).packages[0]?.total.minor).toBe(3e14);
});

test('the cheapest come first, currency by currency, then by first day, then by hotel', async () => {
  await add(
    ...aStay('usd-cheap', { currency: 'USD', priceMinor: 1 }),
    ...aStay('eur-dear', { priceMinor: 500, startsOn: '2999-01-01' }),
    ...aStay('eur-0-late', { startsOn: '2999-05-03' }),
    ...aStay('eur-early'),
    anOffer({ id: 'hotel-eur-aaa', kind: 'HOTEL' }),
    anOffer({ id: 'hotel-eur-1-late', kind: 'HOTEL', startsOn: '2999-05-03' }),
    ...aStay('jpy', { currency: 'JPY', priceMinor: 2 }),
  );
  const all = [
    '1 hotel-eur-aaa + 1 car-eur-early + 1 flight-eur-early: 300 EUR',
    '1 hotel-eur-early + 1 car-eur-early + 1 flight-eur-early: 300 EUR',
    '1 hotel-eur-0-late + 1 car-eur-0-late + 1 flight-eur-0-late: 300 EUR',
    '1 hotel-eur-1-late + 1 car-eur-0-late + 1 flight-eur-0-late: 300 EUR',
    '1 hotel-eur-dear + 1 car-eur-dear + 1 flight-eur-dear: 1500 EUR',
    '1 hotel-jpy + 1 car-jpy + 1 flight-jpy: 6 JPY',
    '1 hotel-usd-cheap + 1 car-usd-cheap + 1 flight-usd-cheap: 3 USD',
  ];
  expect(await found()).toEqual(all);
  // The first of them are chosen in the same order.
  for (const first of all.keys()) expect(await found({ first })).toEqual(all.slice(0, first));
});

test('pages neither repeat nor skip a package while others are added, removed and sold', async () => {
  await add(
    ...aStay('a', { priceMinor: 50 }),
    ...[100, 200, 200, 300, 400].map((priceMinor, index) =>
      anOffer({ id: `hotel-${index}`, kind: 'HOTEL', priceMinor }),
    ),
  );
  const idsOf = (packages: readonly Package[]) => packages.map(({ hotel }) => hotel.offer.id).join(' ');
  const page = await list({ first: 3 });
  expect([idsOf(page.packages), page.hasNextPage]).toEqual(['hotel-a hotel-0 hotel-1', true]);

  const after = positionOf(page.packages[2]!);
  await add(anOffer({ id: 'cheaper', kind: 'HOTEL', priceMinor: 1 }));
  await add(anOffer({ id: 'hotel-3-and-a-half', kind: 'HOTEL', priceMinor: 350 }));
  await database.pool.query(`delete from offers where id in ('hotel-1', 'hotel-0')`);
  await database.pool.query(`update offers set reserved = capacity where id = 'hotel-3'`);
  const rest = await list({ first: 3, after });
  expect([idsOf(rest.packages), rest.hasNextPage]).toEqual(['hotel-2 hotel-3-and-a-half hotel-4', false]);
});

test('a page reads the coming offers of its place by an index, whatever its arguments', async () => {
  await database.pool.query(
    `insert into offers (id, kind, title, place, starts_on, ends_on, time_zone, price_minor, currency, capacity)
     select n, (array['CAR', 'HOTEL', 'FLIGHT', 'TRANSFER'])[1 + n / 100 % 4], '', 'Place ' || n % 100, '2999-05-01',
       '2999-05-08', 'UTC', n, 'EUR', 9 from generate_series(1, 10000) as n`,
  );
  await database.pool.query('analyze offers');
  const query = vi.spyOn(database.pool, 'query');
  onTestFinished(() => query.mockRestore());
  const after = { total: { minor: 1, currency: 'EUR' }, from: '2999-05-01', hotelId: '1' };
  const period = { from: '2999-04-01', to: '2999-06-01' };
  const page = { place: 'place 9', first: 20, period, after };
  expect((await list(page)).packages).toHaveLength(20);
  const [statement, values = []] = query.mock.calls[0] as unknown as [{ text: string }, unknown[]];
  for (const [option, given] of [
    ['costs', values],
    ['generic_plan', []],
  ] as const) {
    const { rows } = await database.pool.query(`explain (${option}) ${statement.text}`, given);
    const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n');
    expect(plan).not.toContain('Seq Scan');
    expect(plan).toMatch(/offers_by_stay.*\n *Index Cond: .*folded_place = .*kind = ANY .*starts_on >= /);
  }
});

test('an unavailable database is reported as such', async () => {
  const { address } = await nobody();
  const pool = new Pool({ connectionString: `postgres://postgres@${address}/gone` });
  onTestFinished(() => pool.end());
  const away = createPackageCatalogue(drizzle(pool, { schema }));
  await expect(away.list(ALL)).rejects.toThrow(DatabaseUnavailable);
});

describe('in any catalogue', () => {
  const offer = fc.record({
    kind: fc.constantFrom('CAR', 'HOTEL', 'HOTEL', 'FLIGHT', 'EXCURSION'),
    place: fc.constantFrom('Lisbon', 'LISBON', 'Lisbon', 'lisbon', 'Porto'),
    startsOn: fc.constantFrom('2999-05-01', '2999-05-02', '2999-05-01', '2999-05-02', '1999-05-01'),
    endsOn: fc.constantFrom('2999-06-03', '2999-06-04'),
    currency: fc.constantFrom('EUR', 'EUR', 'JPY'),
    priceMinor: fc.integer({ min: 0, max: 9 }),
    travellersPerUnit: fc.integer({ min: 1, max: 3 }),
    capacity: fc.integer({ min: 1, max: 6 }),
    reserved: fc.integer({ min: 0, max: 2 }),
  });
  /** Ids in no order of anything else. */
  const catalogues = fc
    .array(offer, { minLength: 20, maxLength: 120, size: 'max' })
    .map((rows) =>
      rows.map((row, index) =>
        anOffer({ ...row, reserved: Math.min(row.reserved, row.capacity), id: `o-${(index * 37) % 127}` }),
      ),
    );
  const queries = fc.record({
    place: fc.constantFrom('Lisbon', 'lisbon', 'lISBON', 'Porto'),
    travellers: fc.integer({ min: 1, max: 5 }),
    period: fc.record({
      from: fc.constantFrom(undefined, '2999-05-01', undefined, '2999-05-02'),
      to: fc.constantFrom(undefined, '2999-06-04', undefined, '2999-06-03'),
    }),
  });

  interface Leg {
    readonly row: OfferRow;
    readonly units: number;
    readonly price: number;
  }
  const compare = (...pairs: readonly (readonly [number | string, number | string])[]) => {
    const [a, b] = pairs.find(([one, other]) => one !== other) ?? [0, 0];
    return a < b ? -1 : a > b ? 1 : 0;
  };

  /** What the statement does, in the plainest words. */
  function expected(rows: readonly OfferRow[], query: Pick<PackageQuery, 'place' | 'travellers' | 'period'>) {
    const { from = '2000-01-01', to = '9999-12-31' } = query.period;
    const fitting = rows
      .filter(({ place }) => place.toLowerCase() === query.place.toLowerCase())
      .filter(({ startsOn, endsOn }) => startsOn >= from && endsOn <= to && startsOn > '2020-01-01')
      .map((row): Leg => {
        const units = Math.ceil(query.travellers / row.travellersPerUnit!);
        return { row, units, price: units * row.priceMinor };
      })
      .filter(({ row, units }) => row.capacity - (row.reserved ?? 0) >= units);
    const cheapest = (kind: string, { row: hotel }: Leg) =>
      fitting
        .filter(({ row }) => row.kind === kind && row.currency === hotel.currency)
        .filter(({ row }) => row.startsOn === hotel.startsOn && row.endsOn === hotel.endsOn)
        .sort((a, b) => compare([a.price, b.price], [a.row.id, b.row.id]))
        .at(0);
    return fitting
      .filter(({ row }) => row.kind === 'HOTEL')
      .flatMap((hotel) => {
        const car = cheapest('CAR', hotel);
        const flight = cheapest('FLIGHT', hotel);
        if (!car || !flight) return [];
        return [{ hotel, car, flight, total: hotel.price + car.price + flight.price }];
      })
      .sort((a, b) =>
        compare(
          [a.hotel.row.currency, b.hotel.row.currency],
          [a.total, b.total],
          [a.hotel.row.startsOn, b.hotel.row.startsOn],
          [a.hotel.row.id, b.hotel.row.id],
        ),
      )
      .map(({ hotel, car, flight, total }) => {
        const legs = [hotel, car, flight].map(({ units, row }) => `${units} ${row.id}`);
        return `${legs.join(' + ')}: ${total} ${hotel.row.currency}`;
      });
  }

  test('the packages are those of a plain model, page by page', async () => {
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(catalogues, queries, fc.integer({ min: 1, max: 4 }), async (rows, query, first) => {
        await clear();
        await add(...rows);
        const paged: string[] = [];
        let after: PackageQuery['after'];
        for (let more = true; more;) {
          const page = await list({ ...query, first, after });
          paged.push(...page.packages.map(inWords));
          // A page that promises another one is full.
          if (page.hasNextPage) expect(page.packages).toHaveLength(first);
          const last = page.packages.at(-1);
          after = last && positionOf(last);
          more = page.hasNextPage && paged.length < rows.length;
        }
        expect(paged).toEqual(expected(rows, query));
        seen += paged.length;
      }),
      { numRuns: 100 },
    );
    expect(seen).toBeGreaterThan(50);
  });
});
