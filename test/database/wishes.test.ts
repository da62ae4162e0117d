import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { UnreadableRecord } from '../../src/database/record-row.js';
import { createWishes, type Wishes } from '../../src/database/wishes.js';
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

test('an unreadable record does not affect lookups of others', async () => {
  for (const id of ['spoilt', 'sound']) await wishes.accept(id, anOrder());
  await database.pool.query(`update bookings set booking_order = '{}' where id = 'spoilt'`);
  const [spoilt, sound] = await Promise.allSettled([wishes.find('spoilt'), wishes.find('sound')]);
  expect(spoilt).toMatchObject({ status: 'rejected', reason: expect.any(UnreadableRecord) as unknown });
  expect(sound).toMatchObject({ status: 'fulfilled', value: { id: 'sound' } });
});

test.each([
  ['a name that nobody has', { text: 'xqzw' }],
  ['a name with wildcards', { text: '100% Müller_' }],
  ['a name and a status', { text: 'xqzw', status: 'PENDING' as const }],
])('a search for %s reads an index, not every booking', async (_, filter) => {
  await database.pool.query(
    `insert into bookings (id, booking_order)
     select 'searched-' || n, $1::jsonb || jsonb_build_object('name', md5(n::text)) from generate_series(1, 5000) n
     on conflict (id) do nothing`,
    [anOrder()],
  );
  await database.pool.query('analyze bookings');
  const query = spyOnQueries();
  expect(await wishes.list({ first: 20, filter }, () => undefined)).toMatchObject({ records: [] });
  const [statement, values = []] = query.mock.calls[0] as [string, unknown[]?];
  const { rows } = await database.pool.query(`explain ${statement}`, values);
  expect(JSON.stringify(rows)).toContain('Bitmap Index Scan on bookings_by_name');
});

test('all lookups in a batch report an unavailable database', async () => {
  const query = spyOnQueries();
  query.mockImplementationOnce(() => Promise.reject(new Error('Connection terminated unexpectedly')));
  const found = await Promise.allSettled([wishes.find('one'), wishes.find('two')]);
  for (const each of found) {
    expect(each).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseUnavailable) as unknown });
  }
});
