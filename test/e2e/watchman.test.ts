import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import {
  BookingDocument,
  BookVacationDocument,
  ResumeBookingDocument,
  type BookVacationInput,
} from '../../src/client/generated.js';
import { createWishes } from '../../src/database/wishes.js';
import { request } from '../support/graphql-client.js';
import { startApi, startWorker, type Api } from '../support/our-programs.js';
import type { Program } from '../support/processes.js';
import { createTestDatabase, makeDue, type TestDatabase } from '../support/test-database.js';
import { anOrder } from '../support/trips.js';

/** Two workers look after the bookings of one database. For a worker that is killed, see lifecycle.test.ts. */

const TRIP = { name: 'John Doe', car: 'valid-car-id', hotel: 'hotel-down-0', flight: 'valid-flight-id' };
const CALL_SECONDS = 4;

let database: TestDatabase;
let api: Api;
let workers: Program[];
let temporal: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  const settings = {
    TEMPORAL_TASK_QUEUE: `watchman-${randomUUID()}`,
    DATABASE_URL: database.url,
    WATCHMAN_ROUND_MS: '100',
  };
  const worker = () => startWorker({ ...settings, SANDBOX_DELAY_MS: '1000' });
  [api, ...workers] = await Promise.all([startApi(settings), worker(), worker()]);
  temporal = new Client({ connection: await Connection.connect({ address: inject('temporalAddress') }) });
});
afterAll(async () => {
  await temporal.connection.close();
  await database.close();
});

async function book(choice: Partial<BookVacationInput>): Promise<string> {
  const { data } = await request(api.url, BookVacationDocument, { input: { ...TRIP, ...choice } });
  return data?.bookVacation.booking?.id ?? '';
}

const bookingOf = async (id: string) =>
  (await request(api.url, BookingDocument, { id })).data?.booking ?? undefined;
const statusOf = async (id: string) => (await bookingOf(id))?.status;

async function workflow(command: string, ...options: string[]): Promise<string> {
  const args = ['workflow', command, '--address', inject('temporalAddress'), ...options];
  return (await promisify(execFile)(inject('temporalProgram'), args)).stdout;
}

/** All runs of a booking in Temporal. */
async function runsOf(id: string): Promise<string[]> {
  const runs: string[] = [];
  for await (const { runId } of temporal.workflow.list({ query: `WorkflowId = '${id}'` })) runs.push(runId);
  return runs;
}

/** Waits for the process that is reserving the booking's flight. */
async function workerAt(id: string): Promise<Program> {
  let found: Program | undefined;
  await expect
    .poll(async () => {
      const { raw } = await temporal.workflow.getHandle(id).describe();
      const call = raw.pendingActivities?.[0];
      const [pid] = (call?.lastWorkerIdentity ?? '').split('@');
      if (call?.activityType?.name !== 'bookFlight' || !call.lastHeartbeatTime) return undefined;
      return (found = workers.find((worker) => worker.output().includes(`"pid":${pid},`)));
    })
    .toBeDefined();
  return found!;
}

test('an accepted trip that was never started is started by the first worker to check, and booked once', async () => {
  const wishes = createWishes(database);
  const orders = Array.from({ length: 10 }, () => anOrder());
  for (const order of orders) await wishes.accept(order.userId, order);
  for (const { userId } of orders) {
    await expect.poll(() => statusOf(userId)).toBe('CONFIRMED');
    expect(await runsOf(userId)).toHaveLength(1);
  }
});

test('a booking whose only run was terminated is parked; operators can find and resume it', async () => {
  const id = await book({ flight: `flight-slow-${CALL_SECONDS}` });
  await workerAt(id);
  await workflow('terminate', '--workflow-id', id, '--reason', 'test');
  expect(await bookingOf(id)).toMatchObject({ status: 'BOOKING' });
  await makeDue(database, id);
  await expect.poll(() => statusOf(id)).toBe('NEEDS_ATTENTION');
  const needing = "BookingStatus='NEEDS_ATTENTION' AND ExecutionStatus='Running'";
  await expect.poll(() => workflow('list', '--query', needing)).toContain(id);

  const { data } = await request(api.url, ResumeBookingDocument, { input: { id } });
  expect(data?.resumeBooking).toMatchObject({ booking: { id }, userErrors: [] });
  await expect.poll(() => statusOf(id)).toBe('CONFIRMED');
  await expect.poll(() => workflow('list', '--query', needing)).not.toContain(id);
});
