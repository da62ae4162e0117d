import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { BookingDocument, BookingsDocument, type BookingFilter } from '../../src/client/generated.js';
import { acceptedBooking, type BookingStatus } from '../../src/model/booking-state.js';
import { createBookingArchive } from '../../src/database/booking-archive.js';
import { createDatabase } from '../../src/database/database.js';
import { createBookingJournal } from '../../src/database/booking-journal.js';
import { request } from '../support/graphql-client.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { anOrder } from '../support/trips.js';
import { createFakeEngine } from './fixtures/fake-engine.js';
import { serve, servicesOver, type ServedApi } from './fixtures/api.js';

let database: TestDatabase;
let api: ServedApi;
beforeAll(async () => {
  database = await createTestDatabase();
  const archive = createBookingArchive(database.drizzle);
  // No Temporal knows of these bookings (any more): what is told is the journal's.
  api = await serve(servicesOver({ ...createFakeEngine(), read: async () => undefined }, archive), archive);
});
afterAll(async () => {
  await api.stop();
  await database.close();
});

interface Recorded {
  readonly name?: string;
  readonly owner?: string;
  readonly status?: BookingStatus;
  readonly createdAt?: string;
}

async function record({ name = 'John Doe', owner = 'anonymous', status = 'CONFIRMED', createdAt }: Recorded) {
  const base = anOrder({ name });
  const order = { ...base, caller: { subject: owner, roles: [] }, acceptedAt: createdAt ?? base.acceptedAt };
  const id = `${base.userId}${randomInt(10)}`;
  const state = {
    ...acceptedBooking(id, order),
    status,
    done: status === 'CONFIRMED' || status === 'CANCELLED',
  };
  await createBookingJournal(database.drizzle).record({ order, state, version: 1 });
  return id;
}

async function list(variables: { first?: number; after?: string; filter?: BookingFilter }) {
  const { data, errors } = await request(api.url, BookingsDocument, variables);
  return { ids: data?.bookings.nodes.map(({ id }) => id), page: data?.bookings.pageInfo, errors };
}

const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();

describe('the list of bookings', () => {
  test('is newest first, page by page, each booking once', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.unshift(await record({ owner: 'pages', createdAt: minute(n) }));
    const filter = { owner: 'pages' };
    const seen: string[] = [];
    let after: string | undefined;
    for (;;) {
      const { ids: page, page: info } = await list({ first: 3, filter, ...(after && { after }) });
      seen.push(...(page ?? []));
      if (!info?.hasNextPage) break;
      after = info.endCursor ?? undefined;
    }
    expect(seen).toEqual(ids);
  });

  test('is stable while bookings come in: none is seen twice, none is missed', async () => {
    const old = [
      await record({ owner: 'busy', createdAt: minute(2) }),
      await record({ owner: 'busy', createdAt: minute(1) }),
    ];
    const filter = { owner: 'busy' };
    const first = await list({ first: 1, filter });
    await record({ owner: 'busy', createdAt: minute(3) });
    const second = await list({ first: 1, filter, after: first.page?.endCursor ?? '' });
    expect([first.ids, second.ids]).toEqual([[old[0]], [old[1]]]);
  });

  test('tells bookings of the same moment apart', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => record({ owner: 'twins', createdAt: minute(5) })));
    const filter = { owner: 'twins' };
    const first = await list({ first: 2, filter });
    const rest = await list({ first: 2, filter, after: first.page?.endCursor ?? '' });
    expect([...(first.ids ?? []), ...(rest.ids ?? [])].sort()).toEqual(ids.sort());
  });

  test('is filtered by status, owner, text in the name and when they were made, all at once', async () => {
    const mine = {
      name: 'Zoë 100% Müller',
      owner: 'filters',
      status: 'NEEDS_ATTENTION',
      createdAt: minute(10),
    } as const;
    const id = await record(mine);
    await record({ ...mine, status: 'CONFIRMED' });
    await record({ ...mine, owner: 'another' });
    await record({ ...mine, name: 'Zoë 100 Müller' });
    await record({ ...mine, createdAt: minute(11) });
    await record({ ...mine, createdAt: minute(9) });
    const { ids } = await list({
      filter: {
        status: 'NEEDS_ATTENTION',
        owner: 'filters',
        text: '0% MÜLLER',
        createdFrom: minute(10),
        createdBefore: minute(11),
      },
    });
    expect(ids).toEqual([id]);
  });

  test.each([
    [{ first: 0 }, 'first must be from 1 to 100.'],
    [{ first: 101 }, 'first must be from 1 to 100.'],
    [{ after: 'nonsense' }, 'after is no cursor of this list.'],
    [
      { after: Buffer.from('["2026-01-01T00:00:00.000Z","a\\u0000"]').toString('base64url') },
      'after is no cursor of this list.',
    ],
    [{ filter: { text: ' ' } }, 'text must not be empty.'],
  ])('says what is wrong with %j', async (variables, message) => {
    const { errors } = await list(variables);
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('asks the database twice for a page of fifty with their timelines', async () => {
    const journal = createBookingJournal(database.drizzle);
    for (let n = 0; n < 50; n++) {
      const id = await record({ owner: 'batch', createdAt: minute(n) });
      await journal.append({
        bookingId: id,
        leg: 'CAR',
        state: 'RUNNING',
        attempt: 1,
        at: minute(n),
        once: `${id}/began`,
      });
    }
    const query = vi.spyOn(database.pool, 'query');
    const { data } = await request(api.url, BookingsDocument, { first: 50, filter: { owner: 'batch' } });
    expect(data?.bookings.nodes.map(({ timeline }) => timeline.length)).toEqual(Array(50).fill(1));
    expect(query).toHaveBeenCalledTimes(2);
    query.mockRestore();
  });
});

test('a booking that Temporal has forgotten is told by the journal, with when it was recorded', async () => {
  const id = await record({ name: 'Jane Roe', status: 'CANCELLED' });
  const { data } = await request(api.url, BookingDocument, { id });
  expect(data?.booking).toMatchObject({
    id,
    status: 'CANCELLED',
    source: 'JOURNAL',
    result: 'Voyage cancelled',
  });
  expect(Date.parse(data?.booking?.asOf ?? '')).toBeLessThanOrEqual(Date.now());
});

test('the timeline tells every attempt, with what it failed of', async () => {
  const id = await record({});
  const journal = createBookingJournal(database.drizzle);
  const event = { bookingId: id, leg: 'HOTEL', at: minute(1) } as const;
  await journal.append({ ...event, state: 'RUNNING', attempt: 1, once: `${id}/1` });
  await journal.append({
    ...event,
    state: 'RETRYING',
    attempt: 1,
    message: 'down',
    at: minute(2),
    once: `${id}/2`,
  });
  // Told again, as by an activity that is retried, it is still one event.
  await journal.append({
    ...event,
    state: 'RETRYING',
    attempt: 1,
    message: 'down',
    at: minute(2),
    once: `${id}/2`,
  });
  const { data } = await request(api.url, BookingDocument, { id });
  expect(data?.booking?.timeline).toEqual([
    { at: minute(1), leg: 'HOTEL', state: 'RUNNING', attempt: 1, message: null },
    { at: minute(2), leg: 'HOTEL', state: 'RETRYING', attempt: 1, message: 'down' },
  ]);
});

test('an older record that arrives late changes nothing', async () => {
  const order = anOrder();
  const journal = createBookingJournal(database.drizzle);
  const state = acceptedBooking(order.userId, order);
  await journal.record({ order, state: { ...state, status: 'CONFIRMED', done: true }, version: 2 });
  await journal.record({ order, state: { ...state, status: 'BOOKING' }, version: 1 });
  const { data } = await request(api.url, BookingDocument, { id: order.userId });
  expect(data?.booking?.status).toBe('CONFIRMED');
});

test('while the database is away the lists say so', async () => {
  // Nobody listens there.
  const url = 'postgres://127.0.0.1:1/none';
  const gone = createDatabase({ url, poolSize: 1, connectTimeoutMs: 1000, statementTimeoutMs: 1000 });
  const archive = createBookingArchive(gone.drizzle);
  const lonely = await serve(servicesOver(createFakeEngine(), archive), archive);
  const { errors } = await request(lonely.url, BookingsDocument, {});
  await lonely.stop();
  await gone.close();
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
});
