import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type ListQuery, listStatement } from '../../src/database/booking-list.js';
import { UnreadableRecord } from '../../src/database/record-row.js';
import { createWishes, type Wishes } from '../../src/database/wishes.js';
import { BOOKING_SORTS } from '../../src/model/booking.js';
import { DatabaseUnavailable } from '../../src/model/service-unavailable.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { anOrder } from '../support/trips.js';

let database: TestDatabase;
let wishes: Wishes;
beforeAll(async () => {
  database = await createTestDatabase();
  wishes = createWishes(database);
});
afterAll(() => database.close());

function spyOnQueries() {
  const query = vi.spyOn(database.pool, 'query');
  onTestFinished(() => query.mockRestore());
  return query;
}

test('concurrent lookups are batched into one query', async () => {
  for (const id of ['one', 'two']) await wishes.accept(id, anOrder());
  const query = spyOnQueries();
  const ids = Array.from({ length: 90 }, (_, n) => ['one', 'two', 'nobody'][n % 3]!);
  const found = await Promise.all(ids.map((id) => wishes.find(id)));
  expect(found.map((record) => record?.id)).toEqual(ids.map((id) => (id === 'nobody' ? undefined : id)));
  expect(query).toHaveBeenCalledOnce();
});

test('law 11: a lookup after a change finds the change, even with concurrent lookups', async () => {
  await wishes.accept('changed', anOrder());
  const before = wishes.find('changed');
  await wishes.callOff('changed', { by: 'anonymous', at: new Date().toISOString() });
  const [after] = await Promise.all([wishes.find('changed'), wishes.find('one'), before]);
  expect(after?.callOff).toBeDefined();
});

test('a reference that is taken is drawn again, and an id that is taken is not', async () => {
  const draws = ['2222-2222', '2222-2222', '2222-2222', '3333-3333', '2222-2222'];
  const drawing = createWishes(database, () => draws.shift() ?? 'no more');
  expect(await drawing.accept('first', anOrder())).toMatchObject({ reference: '2222-2222' });
  expect(await drawing.accept('second', anOrder())).toMatchObject({ reference: '3333-3333' });
  expect(await drawing.accept('first', anOrder())).toBeUndefined();
  expect(draws).toEqual([]);
  expect(await wishes.find('first')).toMatchObject({ reference: '2222-2222' });
});

test('an unreadable record does not affect lookups of others', async () => {
  for (const id of ['spoilt', 'sound']) await wishes.accept(id, anOrder());
  const facts = { legs: [{ holding: 'a text' }] };
  await database.pool.query(`update bookings set booking_order = '{}', facts = $1 where id = 'spoilt'`, [
    facts,
  ]);
  const [spoilt, sound] = await Promise.allSettled([wishes.find('spoilt'), wishes.find('sound')]);
  expect(spoilt).toMatchObject({ status: 'rejected', reason: expect.any(UnreadableRecord) as unknown });
  expect(sound).toMatchObject({ status: 'fulfilled', value: { id: 'sound' } });
});

test.each([
  ['a name that nobody has', { text: 'xqzw' }],
  ['a name with wildcards', { text: '100% Müller_' }],
  ['a name and a status', { text: 'xqzw', statuses: ['PENDING'] as const }],
])('a search for %s reads an index, not every booking', async (_, filter) => {
  await database.pool.query(
    `insert into bookings (id, reference, booking_order)
     select 'searched-' || n, 'reference ' || n, $1::jsonb || jsonb_build_object('name', md5(n::text)) from generate_series(1, 5000) n
     on conflict (id) do nothing`,
    [anOrder()],
  );
  await database.pool.query('analyze bookings');
  const plan = await planOf({ sort: 'NEWEST_FIRST', filter });
  expect(plan).toContain('Bitmap Index Scan on bookings_by_name');
  expect(plan).toContain('Bitmap Index Scan on bookings_by_names_held');
});

test('a record can have titles of any length, and is found by the first of them', async () => {
  const random = (length: number) =>
    Array.from({ length }, () => String.fromCharCode(0x61 + randomInt(26))).join('');
  const legs = Array.from({ length: 20 }, () => ({ holding: { title: random(700), place: 'ﷺ'.repeat(90) } }));
  await wishes.accept('wordy', anOrder());
  await database.pool.query(`update bookings set facts = $1 where id = 'wordy'`, [{ legs }]);
  const { sql, params } = listStatement(database.drizzle, {
    first: 9,
    sort: 'NEWEST_FIRST',
    filter: { text: legs[0]!.holding.title.slice(5, 40) },
  });
  expect((await database.pool.query(sql, params)).rows).toMatchObject([{ id: 'wordy' }]);
});

describe('among bookings of which the oldest need attention', () => {
  beforeAll(async () => {
    await database.pool.query(
      `insert into bookings (id, reference, booking_order, accepted_at, status)
       select 'old-' || n, 'old ' || n, $1, now() - n * interval '1 minute',
         case when n > 5400 then 'NEEDS_ATTENTION' else 'CONFIRMED' end
       from generate_series(1, 6000) n`,
      [anOrder()],
    );
    await database.pool.query('analyze bookings');
  });

  test.each(BOOKING_SORTS)('a list of several statuses, %s, reads each by its index', async (sort) => {
    const plan = await planOf({ sort, filter: { statuses: ['NEEDS_ATTENTION', 'ROLLING_BACK'] } });
    expect(plan).toMatch(/^Limit[^\n]*\n +-> {2}Merge Append/);
    expect(plan).toMatch(/bookings_by_status.*bookings_by_status/s);
    expect(plan).not.toContain('bookings_newest');
  });

  test('no more rows are read than a page and one', async () => {
    const filter = { statuses: ['NEEDS_ATTENTION', 'CONFIRMED'] } as const;
    const { sql, params } = listStatement(database.drizzle, { first: 3, sort: 'OLDEST_FIRST', filter });
    expect((await database.pool.query(sql, params)).rows).toHaveLength(4);
  });

  test.each(BOOKING_SORTS)('a list of all statuses, %s, is read in its order', async (sort) => {
    expect(await planOf({ sort })).toMatch(/^Limit.*Index Scan( Backward)? using bookings_newest/s);
  });

  test('a reference is found by its index', async () => {
    const plan = await planOf({ sort: 'NEWEST_FIRST', filter: { reference: 'old 77' } });
    expect(plan).toContain('Index Scan using bookings_reference_unique');
  });
});

/** How PostgreSQL reads the first page of a list. */
async function planOf(query: Omit<ListQuery, 'first'>): Promise<string> {
  const send = spyOnQueries();
  await wishes.list({ first: 20, ...query }, () => undefined);
  const [statement, values = []] = send.mock.calls[0] as [string, unknown[]?];
  const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(`explain ${statement}`, values);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

test('all lookups in a batch report an unavailable database', async () => {
  const query = spyOnQueries();
  query.mockImplementationOnce(() => Promise.reject(new Error('Connection terminated unexpectedly')));
  const found = await Promise.allSettled([wishes.find('one'), wishes.find('two')]);
  for (const each of found) {
    expect(each).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseUnavailable) as unknown });
  }
});
