import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  BookingDocument,
  BookVacationDocument,
  CancelBookingDocument,
  ResumeBookingDocument,
  RetryUndoDocument,
  SettleUndoDocument,
  type BookVacationInput,
} from '../../src/client/generated.js';
import { BOOK_VACATION } from '../../src/model/names.js';
import { request } from '../support/graphql-client.js';
import { startApi, startWorker, type Api } from '../support/our-programs.js';
import { dataConverterWith, ENCODING_BUNDLE, newPayloadKey } from '../support/payload-keys.js';
import '../support/temporal-runtime.js';
import { createTestDatabase, makeDue, type TestDatabase } from '../support/test-database.js';

/** With PAYLOAD_KEYS, Temporal holds nothing of a trip in the clear, and everything works as without them. */

const { History } = temporal.api.history.v1;

/** In every text that a caller sends. The mark in offers and messages is a word that our own code doesn't use. */
const NAME = 'Zebedee Quillfeather';
const MARK = 'xyzzy';
const TRIP = {
  name: NAME,
  car: `${MARK}-car`,
  hotel: `${MARK}-hotel-down-1`,
  flight: `${MARK}-flight`,
};
const [A, B] = [newPayloadKey('key-a'), newPayloadKey('key-b')];

let database: TestDatabase;
/** Shows what Temporal stores, without decrypting it. */
let server: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  server = new Client({ connection: await Connection.connect({ address: inject('temporalAddress') }) });
});
afterAll(async () => {
  await server.connection.close();
  await database.close();
});

/** The settings of one installation. */
const installation = () => ({
  TEMPORAL_TASK_QUEUE: `payload-codec-${randomUUID()}`,
  DATABASE_URL: database.url,
  BOOKING_ID_STYLE: 'opaque',
  SUPPLIER_CAR: 'sandbox',
  SUPPLIER_HOTEL: 'sandbox',
  SUPPLIER_FLIGHT: 'sandbox',
  UNDO_ATTEMPTS: '1',
  SANDBOX_DELAY_MS: '1000',
  WATCHMAN_ROUND_MS: '100',
});

async function book({ url }: Api, choice: Partial<BookVacationInput> = {}): Promise<string> {
  const { data } = await request(url, BookVacationDocument, { input: { ...TRIP, ...choice } });
  return data?.bookVacation.booking?.id ?? '';
}
const bookingOf = async ({ url }: Api, id: string) =>
  (await request(url, BookingDocument, { id })).data?.booking ?? undefined;
const becomes = (api: Api, id: string, status: string) =>
  expect.poll(async () => (await bookingOf(api, id))?.status).toBe(status);
const legsAre = (api: Api, id: string, states: readonly string[]) =>
  expect.poll(async () => (await bookingOf(api, id))?.legs.map(({ state }) => state)).toEqual(states);
/** Resolves once a step's failed attempt is in Temporal, which will repeat it. */
const isRetrying = (id: string) =>
  expect
    .poll(
      async () => (await server.workflow.getHandle(id).describe()).raw.pendingActivities?.[0]?.lastFailure,
    )
    .toBeTruthy();

/** The histories of all runs of these bookings, as Temporal stores them. */
async function historiesOf(ids: readonly string[]) {
  const histories = [];
  for (const id of ids)
    for await (const { runId } of server.workflow.list({ query: `WorkflowId = '${id}'` }))
      histories.push(await server.workflow.getHandle(id, runId).fetchHistory());
  return histories;
}

type Message = Readonly<Record<string, unknown>>;
const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null;

/** A message with bytes as text, and without search attributes, which never pass through a codec. */
function readable(message: unknown): unknown {
  if (message instanceof Uint8Array) return Buffer.from(message).toString('latin1');
  if (Array.isArray(message)) return message.map(readable);
  if (!isMessage(message)) return message;
  const kept = Object.entries(message).filter(([name]) => name !== 'searchAttributes');
  return Object.fromEntries(kept.map(([name, value]) => [name, readable(value)]));
}

/** Where a readable message has payloads, each with its encoding, and where it has failures, each with its text. */
function contentsOf(message: unknown, path: readonly string[] = []): string[] {
  if (!isMessage(message)) return [];
  const { metadata, message: text, stackTrace = '' } = message;
  const where = path.filter((name) => !/^\d+$/.test(name)).slice(-2);
  if (isMessage(metadata)) return [`${where.join('.')}: ${String(metadata['encoding'])}`];
  const failure = typeof text === 'string' ? [`${where.at(-1)}: ${text}${String(stackTrace)}`] : [];
  return [
    ...failure,
    ...Object.entries(message).flatMap(([name, value]) => contentsOf(value, [...path, name])),
  ];
}

describe('a trip whose payloads are encrypted', () => {
  let settings: ReturnType<typeof installation>;
  let api: Api;
  /** The ids of trips that took every course a trip can take. */
  const trips: string[] = [];
  const isConfirmed = (id: string) => becomes(api, id, 'CONFIRMED');

  beforeAll(async () => {
    settings = installation();
    const encrypted = { ...settings, PAYLOAD_KEYS: A };
    [api] = await Promise.all([startApi(encrypted), startWorker(encrypted)]);
  });

  test('is booked; a running trip is read from its run', async () => {
    const id = await book(api, { car: `${MARK}-car-slow-2` });
    await expect.poll(async () => (await bookingOf(api, id))?.source).toBe('LIVE');
    await isConfirmed(id);
    expect(await bookingOf(api, id)).toMatchObject({
      result: expect.stringContaining(TRIP.flight) as unknown,
    });
    trips.push(id);
  });

  test('is called off while it is booked, and after', async () => {
    const reason = `${NAME} is ill: ${MARK}`;
    for (const flight of [`${MARK}-flight-hang-1`, TRIP.flight]) {
      const id = await book(api, { flight });
      await legsAre(
        api,
        id,
        flight === TRIP.flight ? ['BOOKED', 'BOOKED', 'BOOKED'] : ['BOOKED', 'BOOKED', 'RUNNING'],
      );
      await request(api.url, CancelBookingDocument, { input: { id, reason } });
      await becomes(api, id, 'CANCELLED');
      expect(await bookingOf(api, id)).toMatchObject({ cancellation: { reason } });
      trips.push(id);
    }
  });

  test('is undone; an operator retries and settles what is stuck', async () => {
    const id = await book(api, {
      car: `${MARK}-car-undo-down`,
      hotel: `${MARK}-hotel-down-0-undo-down-1`,
      flight: `${MARK}-invalid-flight`,
    });
    await legsAre(api, id, ['UNDO_FAILED', 'UNDO_FAILED', 'UNDONE']);
    const retried = await request(api.url, RetryUndoDocument, { input: { id, leg: 'HOTEL' } });
    expect(retried.data?.retryUndo.userErrors).toEqual([]);
    await legsAre(api, id, ['UNDO_FAILED', 'UNDONE', 'UNDONE']);
    const refused = await request(api.url, RetryUndoDocument, { input: { id, leg: 'FLIGHT' } });
    expect(refused.data?.retryUndo.userErrors).toMatchObject([{ code: 'UNDO_NOT_STUCK' }]);
    const input = { id, leg: 'CAR' as const, note: `${NAME} keeps ${MARK}` };
    const settled = await request(api.url, SettleUndoDocument, { input });
    expect(settled.data?.settleUndo.userErrors).toEqual([]);
    await becomes(api, id, 'CANCELLED');
    expect(await bookingOf(api, id)).toMatchObject({ failure: { code: 'SUPPLIER_REFUSED' } });
    trips.push(id);
  });

  test('is parked after its run was terminated, and resumed', async () => {
    const id = await book(api, { flight: `${MARK}-flight-hang-1` });
    await legsAre(api, id, ['BOOKED', 'BOOKED', 'RUNNING']);
    await server.workflow.getHandle(id).terminate();
    await makeDue(database, id);
    await becomes(api, id, 'NEEDS_ATTENTION');
    await request(api.url, ResumeBookingDocument, { input: { id } });
    await isConfirmed(id);
    trips.push(id);
  });

  test('continues after a reset', async () => {
    const id = await book(api, { flight: `${MARK}-flight-hang-1` });
    await legsAre(api, id, ['BOOKED', 'BOOKED', 'RUNNING']);
    const { events } = await server.workflow.getHandle(id).fetchHistory();
    const completed = events?.findLast((event) => event.workflowTaskCompletedEventAttributes);
    await server.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: id },
      reason: 'the reset of a test',
      requestId: randomUUID(),
      workflowTaskFinishEventId: completed?.eventId ?? null,
    });
    await expect
      .poll(async () => (await bookingOf(api, id))?.done || (await bookingOf(api, id))?.status)
      .not.toBe('BOOKING');
    trips.push(id);
  });

  test('has nothing in the clear in Temporal while an attempt is repeated', async () => {
    const id = await book(api, { car: `${MARK}-car-down-2` });
    await isRetrying(id);
    const { raw } = await server.workflow.getHandle(id).describe();
    const [call] = raw.pendingActivities ?? [];
    expect(call?.lastFailure?.message).toBe('Encoded failure');
    expect(JSON.stringify(readable(raw)).match(/Zebedee|Quillfeather|xyzzy|is down/i)).toBeNull();
    await isConfirmed(id);
    trips.push(id);
  });

  test('has nothing in the clear in any of its histories', async () => {
    const contents = new Set<string>();
    for (const history of await historiesOf(trips)) {
      const whole = Buffer.from(History.encode(history).finish()).toString('latin1');
      expect(whole.match(/Zebedee|Quillfeather/i)).toBeNull();
      const events = readable(history.events);
      expect(
        JSON.stringify(events).match(/Zebedee|Quillfeather|xyzzy|rolling back|is down|is ill/i),
      ).toBeNull();
      for (const one of contentsOf(events)) contents.add(one);
    }
    const inTheClear = [...contents].filter((one) => !/: (binary\/encrypted|Encoded failure)$/.test(one));
    expect(inTheClear.sort()).toEqual([
      // Written by the SDK's core: the name and the timing of a local activity.
      'data.payloads: json/plain',
      // An operator's own words, which reach Temporal without our code.
      'failure: the reset of a test',
    ]);
    const places = [
      'input',
      'result',
      'args',
      'success',
      'userMetadata',
      'failure',
      'lastFailure',
      'details',
    ];
    for (const place of places) expect([...contents].join()).toContain(`${place}.`);
  });

  test('has a failure of the workflow itself encrypted too, which a client with the key can read', async () => {
    const dataConverter = dataConverterWith(A);
    const client = new Client({ connection: server.connection, dataConverter });
    const workflowId = randomUUID();
    const options = { workflowId, taskQueue: settings.TEMPORAL_TASK_QUEUE, args: [{ name: NAME }] };
    const failed = client.workflow.execute(BOOK_VACATION, options);
    await expect(failed).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/^userId must be/) as unknown },
    });
    const [history] = await historiesOf([workflowId]);
    expect(contentsOf(readable(history?.events))).toContain('failure: Encoded failure');
  });

  test('is replayed with its key, and not without', async () => {
    const workflowBundle = { codePath: ENCODING_BUNDLE };
    const histories = await historiesOf(trips);
    for (const history of histories)
      await Worker.runReplayHistory({ workflowBundle, dataConverter: dataConverterWith(B, A) }, history);
    await expect(
      Worker.runReplayHistory({ workflowBundle, dataConverter: dataConverterWith(B) }, histories[0]),
    ).rejects.toThrow();
  });
});

describe('when keys are rotated', () => {
  /** Hangs until three attempts have timed out: the trip must be under way long enough to stop a worker and start another. */
  const HANGING_FLIGHT = `${MARK}-flight-hang-3`;
  const NO_KEY_A = /encrypted with the key ."key-a.", which is not in PAYLOAD_KEYS \(it has key-b\)/;

  test('a trip that was begun with the old key is finished by workers that have both', async () => {
    const settings = { ...installation(), WORKER_SHUTDOWN_GRACE_MS: '0' };
    const [api, worker] = await Promise.all([
      startApi({ ...settings, PAYLOAD_KEYS: A }),
      startWorker({ ...settings, PAYLOAD_KEYS: A }),
    ]);
    const id = await book(api, { flight: HANGING_FLIGHT });
    await legsAre(api, id, ['BOOKED', 'BOOKED', 'RUNNING']);
    await worker.stop();
    const [rotated] = await Promise.all([
      startApi({ ...settings, PAYLOAD_KEYS: `${B},${A}` }),
      startWorker({ ...settings, PAYLOAD_KEYS: `${B},${A}` }),
    ]);
    await becomes(rotated, id, 'CONFIRMED');
    const [history] = await historiesOf([id]);
    const keys = JSON.stringify(readable(history?.events)).match(/key-[ab]/g) ?? [];
    expect([keys.at(0), keys.at(-1)]).toEqual(['key-a', 'key-b']);
  });

  test('without the key, reads fall back to the record, the logs name the key, and the trip goes on once it is back', async () => {
    const settings = { ...installation(), WORKER_SHUTDOWN_GRACE_MS: '0' };
    // All are started before the trip, whose flight hangs for half a minute only.
    const [early, worker, api] = await Promise.all([
      startApi({ ...settings, PAYLOAD_KEYS: A }),
      startWorker({ ...settings, PAYLOAD_KEYS: A }),
      startApi({ ...settings, PAYLOAD_KEYS: B }),
    ]);
    const id = await book(early, { flight: HANGING_FLIGHT });
    await legsAre(early, id, ['BOOKED', 'BOOKED', 'RUNNING']);
    expect(await bookingOf(early, id)).toMatchObject({ source: 'LIVE' });
    expect(await bookingOf(api, id)).toMatchObject({ source: 'RECORD', status: 'BOOKING' });
    await api.says(NO_KEY_A);

    await worker.stop();
    const keyless = await startWorker({ ...settings, PAYLOAD_KEYS: B });
    // A call of a supplier fails at first, then the workflow's own task, or a query of it.
    await keyless.says(NO_KEY_A);
    expect(await bookingOf(api, id)).toMatchObject({ source: 'RECORD', status: 'BOOKING' });
    await keyless.says(
      /"err":\{"type":"UndecryptablePayload","message":"A payload is encrypted with the key/,
    );
    await keyless.stop();

    await startWorker({ ...settings, PAYLOAD_KEYS: `${B},${A}` });
    await becomes(early, id, 'CONFIRMED');
    for (const { output } of [early, worker, api, keyless])
      for (const key of [A, B]) expect(output()).not.toContain(key.split(':')[1]);
  });
});
