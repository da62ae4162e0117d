import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { BookingDocument, CancelBookingDocument, BookVacationDocument } from '../../src/client/generated.js';
import { createWishes } from '../../src/database/wishes.js';
import { createSandboxSupplier } from '../../src/worker/suppliers/sandbox/sandbox-supplier.js';
import { request } from '../support/graphql-client.js';
import { startApi, startWorker } from '../support/our-programs.js';
import { createPartnerServer, type PartnerServer } from '../support/partner-server.js';
import { stopPrograms } from '../support/processes.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let partner: PartnerServer;
beforeAll(async () => {
  database = await createTestDatabase();
  partner = await createPartnerServer({ supplier: createSandboxSupplier({ delayMs: 0 }), token: 'p-secret' });
});
afterEach(stopPrograms);
afterAll(async () => {
  await partner.stop();
  await database.close();
});

/** In every text that a caller, a supplier or an operator can write. */
const NAME = 'Zzyzx';
const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';
const HEADERS = { authorization: `Bearer ${JWT}`, cookie: 'session=c-secret' };
const SECRETS = /zzyzx|eyJ|c2lnbmF0dXJl|[pc]-secret/i;

/** What a line has in Base64, as Temporal's payloads are. */
const decoded = (line: string) =>
  [...line.matchAll(/[\w+/-]{8,}/g)].map(([text]) => Buffer.from(text, 'base64').toString()).join('\n');

test('no line of the API’s or a worker’s log has a name or a token, whatever the level and whatever fails', async () => {
  const settings = {
    DATABASE_URL: database.url,
    TEMPORAL_TASK_QUEUE: `redacted-${randomUUID()}`,
    LOG_LEVEL: 'trace',
    BOOKING_ID_STYLE: 'opaque',
    SUPPLIER_CAR: 'acme',
    SANDBOX_IDS: 'on',
    SUPPLIER_HOTEL: 'sandbox',
    SUPPLIER_FLIGHT: 'sandbox',
    PARTNER_ACME_URL: partner.url,
    PARTNER_ACME_TOKEN: 'p-secret',
    WATCHMAN_ROUND_MS: '100',
  };
  const [api, worker] = await Promise.all([startApi(settings), startWorker(settings)]);
  const trip = {
    name: `Ada ${NAME}`,
    car: 'a-car',
    hotel: 'hotel-down-0',
    flight: 'flight',
    waitSeconds: 30,
  };
  const book = async (input: object) =>
    (await request(api.url, BookVacationDocument, { input: { ...trip, ...input } }, HEADERS)).data
      ?.bookVacation;

  // A partner that repeats the name in an error that is retried, and in a refusal.
  const echo = { when: 'before', instead: { status: 503, body: { code: 'DOWN', message: NAME } } } as const;
  const refusal = {
    when: 'before',
    instead: { status: 422, body: { code: 'REFUSED', message: `We don't serve ${NAME}` } },
  } as const;
  partner.faults.next(echo, refusal);
  const refused = await book({});
  expect(refused?.booking).toMatchObject({ status: 'CANCELLED' });

  const booked = await book({ idempotencyKey: `key-of-${NAME}` });
  const id = booked!.booking!.id;
  expect(booked?.booking).toMatchObject({ status: 'CONFIRMED' });
  const socket = createClient({
    url: api.url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: HEADERS,
  });
  const followed = socket.iterate({ query: `subscription { bookingUpdated(id: "${id}") { status } }` });
  await followed.next();
  await socket.dispose();
  await request(api.url, CancelBookingDocument, { input: { id, reason: `${NAME} is ill` } }, HEADERS);
  await expect.poll(async () => (await createWishes(database).find(id))?.status).toBe('CANCELLED');

  expect(await book({ name: `${NAME}\u202e`, car: '' })).toMatchObject({ booking: null });
  await fetch(api.url, {
    method: 'POST',
    headers: { ...HEADERS, 'content-type': 'application/json' },
    body: NAME,
  });
  await fetch(`${api.url}?query=${NAME}`, { headers: HEADERS });
  await request(api.url, BookingDocument, { id: NAME }, HEADERS);

  // PostgreSQL puts the row into the details of this error.
  await database.pool.query(`alter table bookings add check (id = 'nobody') not valid`);
  expect(await book({})).toBeUndefined();
  await api.says(/unexpected error/);
  await worker.says(/Activity failed|Activity task failed/i);
  await stopPrograms();
  const leaks = [api, worker].flatMap((program) =>
    program
      .output()
      .split('\n')
      .filter((line) => SECRETS.test(line) || SECRETS.test(decoded(line))),
  );
  expect(leaks).toEqual([]);
  expect(api.output()).toContain('violates check constraint');
});
