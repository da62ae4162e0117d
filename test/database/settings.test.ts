import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createDatabase, type Database } from '../../src/database/database.js';
import { createFacts } from '../../src/database/facts.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { createOfferCatalogue } from '../../src/database/offer-catalogue.js';
import { seedOffers } from '../../src/database/seed.js';
import { createWishes } from '../../src/database/wishes.js';
import { createInventorySupplier } from '../../src/worker/suppliers/inventory/inventory-supplier.js';
import { OfferSoldOut } from '../../src/worker/suppliers/supplier.port.js';
import { aCall, aContext } from '../suppliers/supplier-contract.js';
import { addDatabase, makeDue, onServer } from '../support/test-database.js';
import { anOrder } from '../support/trips.js';

/** Settings that may exist for other programs, and that change a statement's meaning or the format of its result. */
const GERMAN = {
  DateStyle: 'German',
  TimeZone: 'Asia/Kathmandu',
  default_transaction_isolation: 'serializable',
  standard_conforming_strings: 'off',
  IntervalStyle: 'sql_standard',
  search_path: 'elsewhere',
  lock_timeout: '1ms',
};
const AMERICAN = {
  DateStyle: 'SQL, MDY',
  TimeZone: 'America/St_Johns',
  default_transaction_isolation: 'repeatable read',
  IntervalStyle: 'iso_8601',
  bytea_output: 'escape',
  extra_float_digits: '-15',
};

type Settings = Readonly<Record<string, string>>;

const nameOf = (url: string) => new URL(url).pathname.slice(1);
const sets = (whose: string, settings: Settings) =>
  Object.entries(settings).map(
    // The value of search_path is a list of names.
    ([name, value]) => `alter ${whose} set ${name} = ${name === 'search_path' ? value : `'${value}'`}`,
  );
const options = (settings: Settings) =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(' ', '\\ ')}`)
    .join(' ');

/** Ways to apply settings to every connection made with the returned URL. */
const WAYS = {
  'of the database': async (url: string, settings: Settings) => {
    await onServer(...sets(`database ${nameOf(url)}`, settings));
    return url;
  },
  'of the role': async (url: string, settings: Settings) => {
    const role = nameOf(url);
    await onServer(
      `create role ${role} login superuser password 'secret'`,
      ...sets(`role ${role}`, settings),
    );
    return Object.assign(new URL(url), { username: role, password: 'secret' }).href;
  },
  "of the URL's options": async (url: string, settings: Settings) =>
    `${url}?options=${encodeURIComponent(options(settings))}`,
  'of PGOPTIONS': async (url: string, settings: Settings) => {
    vi.stubEnv('PGOPTIONS', options(settings));
    return url;
  },
} as const;
type Way = keyof typeof WAYS;

describe.each(Object.keys(WAYS) as Way[])('settings %s', (way) => {
  describe.each([
    ['German', GERMAN],
    ['American', AMERICAN],
  ])('%s', (_name, settings) => {
    describe.each(['our own session', "a pooler's session"])('in %s', (session) => {
      let database: Database;
      beforeAll(async () => {
        const url = await WAYS[way](await addDatabase('template0'), settings);
        await migrateDatabase(url);
        const limits = { poolSize: 15, connectTimeoutMs: 10_000, statementTimeoutMs: 30_000 };
        const directUrl = session === 'our own session' ? undefined : url;
        database = createDatabase({ url, directUrl, ...limits });
        await seedOffers(database.pool);
      });
      afterAll(async () => {
        vi.unstubAllEnvs();
        await database.close();
      });

      test('do not affect days, in results and in filters', async () => {
        const catalogue = createOfferCatalogue(database.drizzle);
        const all = { kind: 'HOTEL', sort: 'FIRST_DAY', includePast: false, includeSoldOut: false } as const;
        const [one] = (await catalogue.list({ ...all, first: 1, filter: { places: ['lisbon'] } })).offers;
        expect(one?.from).toMatch(/^\d{4}-\d\d-\d\d$/);
        const filter = { places: ['lisbon'], periods: [{ from: one?.from, to: one?.to }] };
        const { offers } = await catalogue.list({ ...all, first: 1, filter });
        expect(offers).toEqual([one]);
        const rest = await catalogue.list({ ...all, first: 1, filter, after: offers[0]! });
        expect(rest.offers).toMatchObject([{ from: one?.from }]);
      });

      test('do not affect times of records, pages and the watchman', async () => {
        const wishes = createWishes(database);
        const before = new Date();
        for (const id of ['one', 'two', 'three']) await wishes.accept(id, anOrder());
        const found = await wishes.find('two');
        expect(Date.parse(found!.acceptedAt) - before.getTime()).toBeLessThan(60_000);
        expect(Date.parse(found!.acceptedAt)).toBeGreaterThan(before.getTime() - 60_000);

        const createdFrom = new Date(before.getTime() - 60_000);
        const page = (after?: { acceptedAt: string; id: string }) =>
          wishes.list({ first: 1, sort: 'NEWEST_FIRST', after, filter: { createdFrom } }, () => undefined);
        const first = await page();
        const second = await page(first.end);
        const third = await page(second.end);
        const ids = [first, second, third].flatMap(({ records }) => records.map(({ id }) => id));
        expect(ids.sort()).toEqual(['one', 'three', 'two']);
        expect(third.hasNextPage).toBe(false);
        expect(second.records[0]?.acceptedAt).toBe(second.end?.acceptedAt);

        const facts = createFacts(database.pool);
        await makeDue(database, 'two');
        const [due] = await facts.takeDue(1);
        await facts.putOff(due!, 3600);
        const { rows } = await database.pool.query<{ check_at: Date }>(
          "select check_at from bookings where id = 'two'",
        );
        expect(rows[0]!.check_at.getTime()).toBeGreaterThan(Date.now() + 3_000_000);
      });

      test('do not make concurrent statements on the same rows fail', async () => {
        const supplier = createInventorySupplier(database.pool);
        const wanted = Array.from({ length: 60 }, () =>
          aCall({ kind: 'FLIGHT', offerId: 'flight-lisbon-economy' }),
        );
        const outcomes = await Promise.all(
          wanted.map((call) =>
            supplier.reserve(call, aContext()).then(
              () => 'reserved',
              (error: unknown) => (error instanceof OfferSoldOut ? 'sold out' : error),
            ),
          ),
        );
        expect(outcomes.filter((outcome) => outcome === 'reserved')).toHaveLength(40);
        expect(outcomes.filter((outcome) => outcome === 'sold out')).toHaveLength(20);
        await Promise.all(wanted.map((call) => supplier.release(call, aContext())));

        const id = randomUUID();
        await createWishes(database).accept(id, anOrder());
        const facts = createFacts(database.pool);
        const claims = await Promise.all(
          Array.from({ length: 15 }, (_, run) => facts.claim(id, `run-${run}`)),
        );
        expect(claims.filter(Boolean)).toHaveLength(1);
      });
    });
  });
});

describe('variables of libpq', () => {
  afterEach(() => vi.unstubAllEnvs());

  function open(url: string) {
    const limits = { poolSize: 1, connectTimeoutMs: 10_000, statementTimeoutMs: 30_000 };
    const report = { began: vi.fn<(reason: Error) => void>(), ended: vi.fn() };
    const database = createDatabase({ url, ...limits }, report);
    onTestFinished(() => database.close());
    return { pool: database.pool, report };
  }

  test('have no effect on what DATABASE_URL sets', async () => {
    const url = await addDatabase('template0');
    const others = { PGHOST: 'nowhere.invalid', PGPORT: '1', PGUSER: 'nobody', PGPASSWORD: 'wrong' };
    const more = { PGDATABASE: 'nothing', PGAPPNAME: 'other', PGTZ: 'Asia/Tokyo', PGDATESTYLE: 'German' };
    for (const [name, value] of Object.entries({ ...others, ...more })) vi.stubEnv(name, value);
    const { rows } = await open(url).pool.query(
      `select current_user as user, current_database() as database, current_setting('application_name') as program,
        date '2027-05-03'::text as day`,
    );
    expect(rows).toEqual([
      { user: 'postgres', database: nameOf(url), program: 'tripsaga', day: '2027-05-03' },
    ]);
  });

  test('can require TLS if the URL does not set sslmode', async () => {
    const url = await addDatabase('template0');
    vi.stubEnv('PGSSLMODE', 'require');
    const { pool, report } = open(url);
    await expect(pool.query('select 1')).rejects.toThrow();
    expect(report.began.mock.calls[0]?.[0].message).toBe(
      'No connection to the database: The server does not support SSL connections',
    );
    await open(`${url}?sslmode=disable`).pool.query('select 1');
  });

  test('that are invalid are reported like any other reason for no connection', async () => {
    const url = await addDatabase('template0');
    vi.stubEnv('PGSSLNEGOTIATION', 'direct');
    const { pool, report } = open(url);
    await expect(pool.query('select 1')).rejects.toMatchObject({ name: 'DatabaseUnavailable' });
    expect(report.began.mock.calls[0]?.[0].message).toContain('sslnegotiation');
  });
});
