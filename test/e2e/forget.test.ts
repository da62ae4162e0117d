import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFacts } from '../../src/database/facts.js';
import { createWishes } from '../../src/database/wishes.js';
import { noFacts, type BookingStatus } from '../../src/model/booking.js';
import { startWorker } from '../support/our-programs.js';
import { npmRun } from '../support/processes.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { anOrder } from '../support/trips.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function recorded(status: BookingStatus): Promise<string> {
  const id = `trip-${randomUUID()}`;
  const order = anOrder();
  await createWishes(database).accept(id, order);
  const facts = createFacts(database.pool);
  await facts.claim(id, 'run');
  await facts.write(id, 'run', { status, version: 2, facts: noFacts(order) });
  return id;
}

async function forget(...args: string[]) {
  const program = npmRun('forget', { DATABASE_URL: database.url }, ...args);
  const code = await program.ended;
  // Without npm's own lines.
  const lines = program
    .output()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('>'));
  return { code, lines };
}

const nameOf = async (id: string) => (await createWishes(database).find(id))?.order.name;

test('npm run forget blanks the traveller, and names the workflow that Temporal may still have', async () => {
  const id = await recorded('CONFIRMED');
  const { code, lines } = await forget('--booking', id);
  expect({ code, lines }).toEqual({
    code: 0,
    lines: [
      `The traveller of ${id} is forgotten in the record. The id itself stays. If Temporal still has the workflow, delete it: temporal workflow delete --workflow-id ${id}`,
    ],
  });
  expect(await nameOf(id)).toBe('(forgotten)');
});

test('it refuses what it can’t do in one line, and changes nothing', async () => {
  const id = await recorded('NEEDS_ATTENTION');
  expect(await forget('--booking', id)).toEqual({
    code: 1,
    lines: [
      `The booking ${id} is under way (NEEDS_ATTENTION), so nothing was changed. Forget it when it is CONFIRMED or CANCELLED.`,
    ],
  });
  expect(await nameOf(id)).toBe('John Doe');
  expect(await forget('--booking', 'trip-nobody')).toEqual({
    code: 1,
    lines: ['There is no booking trip-nobody.'],
  });
  const usage = { code: 1, lines: ['Name the booking: npm run forget -- --booking ID'] };
  for (const args of [[], ['--booking'], ['--booking', ''], [id], ['--booking', id, '--all']]) {
    expect(await forget(...args)).toEqual(usage);
  }
});

test('a worker forgets bookings past RECORD_RETENTION_DAYS, and logs how many', async () => {
  const [old, young, stuck] = [
    await recorded('CANCELLED'),
    await recorded('CANCELLED'),
    await recorded('NEEDS_ATTENTION'),
  ];
  await database.pool.query(
    `update bookings set recorded_at = now() - interval '49 hours' where id = any($1)`,
    [[old, stuck]],
  );
  await database.pool.query('update bookings set check_at = null');
  const worker = await startWorker({
    DATABASE_URL: database.url,
    TEMPORAL_TASK_QUEUE: `retention-${randomUUID()}`,
    RECORD_RETENTION_DAYS: '2',
  });
  await worker.says(/"count":1,"msg":"forgot the travellers of bookings past RECORD_RETENTION_DAYS"/);
  expect(await Promise.all([old, young, stuck].map(nameOf))).toEqual(['(forgotten)', 'John Doe', 'John Doe']);
});
