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

test('a crowd that looks for bookings at the same moment asks the database once', async () => {
  for (const id of ['one', 'two']) await wishes.accept(id, anOrder());
  const query = spyOnQueries();
  const asked = Array.from({ length: 90 }, (_, n) => ['one', 'two', 'nobody'][n % 3]!);
  const found = await Promise.all(asked.map((id) => wishes.find(id)));
  expect(found.map((record) => record?.id)).toEqual(asked.map((id) => (id === 'nobody' ? undefined : id)));
  expect(query).toHaveBeenCalledOnce();
});

test('law 11: who looks after a change finds it, also where others look at the same time', async () => {
  await wishes.accept('changed', anOrder());
  const before = wishes.find('changed');
  await wishes.callOff('changed', { by: 'anonymous', at: new Date().toISOString() });
  const [after] = await Promise.all([wishes.find('changed'), wishes.find('one'), before]);
  expect(after?.callOff).toBeDefined();
});

test('a record that makes no sense keeps nobody from the others', async () => {
  for (const id of ['spoilt', 'sound']) await wishes.accept(id, anOrder());
  await database.pool.query(`update bookings set booking_order = '{}' where id = 'spoilt'`);
  const [spoilt, sound] = await Promise.allSettled([wishes.find('spoilt'), wishes.find('sound')]);
  expect(spoilt).toMatchObject({ status: 'rejected', reason: expect.any(UnreadableRecord) as unknown });
  expect(sound).toMatchObject({ status: 'fulfilled', value: { id: 'sound' } });
});

test('all who ask a database that is away hear of it', async () => {
  const query = spyOnQueries();
  query.mockImplementationOnce(() => Promise.reject(new Error('Connection terminated unexpectedly')));
  const found = await Promise.allSettled([wishes.find('one'), wishes.find('two')]);
  for (const each of found) {
    expect(each).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseUnavailable) as unknown });
  }
});
