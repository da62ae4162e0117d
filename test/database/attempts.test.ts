import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAttempts, type Attempts } from '../../src/database/attempts.js';
import type { FailedAttempt } from '../../src/model/timeline.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let attempts: Attempts;
beforeAll(async () => {
  database = await createTestDatabase();
  attempts = createAttempts(database.pool);
});
afterAll(() => database.close());

const AT = '2026-11-25T10:00:00.000Z';
const failed = (attempt: number): FailedAttempt => ({
  action: 'reserve',
  since: AT,
  attempt,
  at: AT,
  message: `attempt ${attempt} failed`,
});

test('appended attempts are returned by booking and leg, oldest first', async () => {
  await attempts.append('a', 'car', failed(1));
  await attempts.append('a', 'car', failed(2));
  await attempts.append('a', 'hotel', failed(1));
  await attempts.append('b', 'car', failed(7));
  const found = await attempts.of(['a', 'b', 'c']);
  expect(found.get('a')).toEqual([
    { legId: 'car', count: 2, latest: [failed(1), failed(2)] },
    { legId: 'hotel', count: 1, latest: [failed(1)] },
  ]);
  expect(found.get('b')).toEqual([{ legId: 'car', count: 1, latest: [failed(7)] }]);
  expect(found.get('c')).toEqual([]);
});

test('law 12: for a leg that is retried for hours, the latest fifty attempts and the total are kept', async () => {
  for (let n = 1; n <= 120; n++) await attempts.append('hours', 'hotel', failed(n));
  const [hotel] = (await attempts.of(['hours'])).get('hours') ?? [];
  expect(hotel?.count).toBe(120);
  expect(hotel?.latest.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 50 }, (_, n) => n + 71));
  const { rows } = await database.pool.query("select 1 from failed_attempts where booking_id = 'hours'");
  expect(rows).toHaveLength(1);
});

test('an attempt whose reply was lost can be appended again, and is stored once', async () => {
  await attempts.append('again', 'car', failed(1));
  await attempts.append('again', 'car', failed(2));
  await attempts.append('again', 'car', failed(1));
  expect((await attempts.of(['again'])).get('again')).toMatchObject([{ count: 2 }]);
});

test('concurrent attempts are all stored', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, n) => attempts.append('crowd', 'car', failed(n + 1))));
  const [car] = (await attempts.of(['crowd'])).get('crowd') ?? [];
  expect(car?.count).toBe(40);
  expect(car?.latest).toHaveLength(40);
});
