import { parse } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { BookingDocument, BookVacationDocument } from '../../src/client/generated.js';
import { createAttempts } from '../../src/database/attempts.js';
import { createWishes } from '../../src/database/wishes.js';
import { DatabaseUnavailable, EngineUnavailable } from '../../src/model/service-unavailable.js';
import { request } from '../support/graphql-client.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { serve, type TestApi } from './fixtures/api.js';
import { clientOf, TRIP } from './fixtures/client.js';
import { createFakeEngine } from './fixtures/fake-engine.js';

const engine = createFakeEngine();
let database: TestDatabase;
let wishes: ReturnType<typeof createWishes>;
let api: TestApi;
beforeAll(async () => {
  database = await createTestDatabase();
  // Its methods are replaced below.
  wishes = { ...createWishes(database) };
  api = await serve({ wishes, engine, attempts: createAttempts(database.pool) });
});
beforeEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  await api.stop();
  await database.close();
});

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

const post = (headers: Record<string, string> = {}, query = '{ booking(id: "x") { id } }', variables = {}) =>
  fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });

describe('an error that nobody expected', () => {
  beforeEach(() => {
    vi.spyOn(wishes, 'find').mockRejectedValue(new Error('password "hunter2" refused by db.internal:5432'));
  });

  test('is masked: no message, no stack, only what to tell us', async () => {
    const response = await post();
    const text = await response.text();

    expect(JSON.parse(text)).toMatchObject({
      data: { booking: null },
      errors: [
        {
          message:
            'Something went wrong on our side. Try again; if the error persists, send us the request id.',
          locations: [{ line: 1, column: 3 }],
          path: ['booking'],
          extensions: {
            code: 'INTERNAL_SERVER_ERROR',
            requestId: response.headers.get('x-request-id'),
          },
        },
      ],
    });
    expect(text).not.toMatch(/hunter2|db\.internal|stack|node_modules/);
  });

  test('is in the log as a whole, under the request id that the client was given', async () => {
    await post({ 'x-request-id': 'to-look-up-1' });

    const lines = api.log.filter(({ requestId }) => requestId === 'to-look-up-1');
    expect(lines).toMatchObject([
      { msg: 'unexpected error', err: { message: expect.stringContaining('hunter2') as unknown } },
    ]);
    expect(lines[0]?.err?.stack).toMatch(/at .+:\d+/);
  });

  test('thrown as something else than an error is masked too', async () => {
    vi.spyOn(wishes, 'find').mockRejectedValue('hunter2');
    const { errors } = await request(api.url, BookingDocument, { id: 'x' });
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    expect(JSON.stringify(errors)).not.toContain('hunter2');
  });
});

describe('a client’s own mistake is told as it is', () => {
  test.each([
    ['a document that can not be read', '{ booking(', 'GRAPHQL_PARSE_FAILED', 'Syntax Error'],
    ['a field that is not there', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED', 'Cannot query field "nothing"'],
    ['an argument that is missing', '{ booking { id } }', 'GRAPHQL_VALIDATION_FAILED', 'is required'],
    [
      'a variable that is missing',
      'query ($id: ID!) { booking(id: $id) { id } }',
      'BAD_USER_INPUT',
      'was not provided',
    ],
    ['an empty document', '', 'BAD_REQUEST', 'non-empty `query`'],
  ])('%s', async (_what, query, code, message) => {
    const logged = api.log.length;
    const response = await post({}, query);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringContaining(message) as unknown, extensions: { code } }],
    });
    expect(api.log.slice(logged)).toEqual([]);
  });

  test('null in a variable whose default would have been taken', async () => {
    const { errors } = await request(
      api.url,
      parse(`mutation ($name: String = "John") {
        bookVacation(input: { name: $name, car: "c", hotel: "h", flight: "f" }) { replayed }
      }`),
      { name: null },
    );
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('invalid value') as unknown,
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect(await clientOf(api).list()).toEqual([]);
  });
});

describe('the request id', () => {
  test('is the client’s own where it is harmless', async () => {
    for (const id of ['a', 'checkout-42', 'x'.repeat(128), '0af7651916cd43dd8448eb211c80319c:1.2/3=+_']) {
      expect((await post({ 'x-request-id': id })).headers.get('x-request-id')).toBe(id);
    }
  });

  test('is a new one where it is not', async () => {
    for (const id of ['', 'with blank', '"quoted"', '<b>', 'x'.repeat(129), 'é', '{"level":60}']) {
      expect((await post({ 'x-request-id': id })).headers.get('x-request-id')).toMatch(UUID);
    }
  });

  test('is another for every request', async () => {
    const ids = [await post(), await post()].map(({ headers }) => headers.get('x-request-id'));
    expect(new Set(ids).size).toBe(2);
  });

  test('is on the errors below GraphQL too', async () => {
    const response = await fetch(new URL('/nothing', api.url), { headers: { 'x-request-id': 'lost-1' } });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { requestId: 'lost-1' } }] });
  });

  test('goes along with the booking it asked for', async () => {
    const headers = { 'x-request-id': 'checkout-43' };
    const { data } = await request(api.url, BookVacationDocument, { input: TRIP }, headers);
    expect((await wishes.find(data!.bookVacation.booking!.id))?.order).toMatchObject({
      requestId: 'checkout-43',
      caller: { subject: 'anonymous', roles: ['operator'] },
    });
  });
});

describe('the database’s answer to an acceptance is lost', () => {
  test.each([
    ['a random id', {}, /^john-doe-\d{16}$/],
    ['the id that follows from its key', { idempotencyKey: 'k' }, /^trip-\d{30}$/],
  ])('the error names the booking that there may be, under %s', async (_what, more, id) => {
    const accept = wishes.accept.bind(wishes);
    vi.spyOn(wishes, 'accept').mockImplementationOnce(async (...args) => {
      await accept(...args);
      throw new DatabaseUnavailable();
    });
    const input = { ...TRIP, ...more };
    const { data, errors } = await request(api.url, BookVacationDocument, { input });
    expect(data).toBeNull();
    expect(errors).toMatchObject([
      {
        path: ['bookVacation'],
        extensions: {
          code: 'DATABASE_UNAVAILABLE',
          retryAfterSeconds: 5,
          bookingId: expect.stringMatching(id) as unknown,
          requestId: expect.stringMatching(UUID) as unknown,
        },
      },
    ]);
    const bookingId = errors![0]!.extensions!['bookingId'] as string;
    expect(errors![0]!.message).toContain(bookingId);
    expect(await clientOf(api).read(bookingId)).toMatchObject({ id: bookingId, status: 'PENDING' });
  });
});

test('law 11: throttled by Temporal, twenty trips at once and their cancels are still accepted', async () => {
  const throttled = () => Promise.reject(new EngineUnavailable());
  engine.start.mockImplementation(throttled);
  engine.nudge.mockImplementation(throttled);
  const client = clientOf(api);
  const booked = await Promise.all(Array.from({ length: 20 }, () => client.book()));
  expect(new Set(booked.map(({ booking }) => booking?.status))).toEqual(new Set(['PENDING']));
  const cancelled = await Promise.all(booked.map(({ booking }) => client.cancel({ id: booking!.id })));
  expect(new Set(cancelled.map(({ booking }) => booking?.status))).toEqual(new Set(['ROLLING_BACK']));
});

test('digits that are taken are taken over by nobody: others are drawn', async () => {
  const accept = vi.spyOn(wishes, 'accept').mockResolvedValueOnce(undefined).mockResolvedValueOnce(undefined);
  const { booking, replayed } = await clientOf(api).book();
  const tried = accept.mock.calls.map(([id]) => id);
  expect(new Set(tried).size).toBe(3);
  expect(replayed).toBe(false);
  expect(booking).toMatchObject({ id: tried[2], userId: tried[2] });
});

test('failed attempts that can’t be read are left out of the timeline, and nothing else is', async () => {
  const { id } = (await clientOf(api).book()).booking!;
  const record = await wishes.find(id);
  vi.spyOn(wishes, 'find').mockResolvedValue(record);
  const query = vi.spyOn(database.pool, 'query');
  query.mockImplementation(() => Promise.reject(new Error('Connection terminated')));
  expect(await clientOf(api).read(id)).toMatchObject({ status: 'PENDING', timeline: [] });
  expect(query).toHaveBeenCalled();
});
