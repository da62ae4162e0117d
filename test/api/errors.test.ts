import { parse } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BookingDocument, BookVacationDocument } from '../../src/client/generated.js';
import { request } from '../support/graphql-client.js';
import { serve, servicesOver, type ServedApi } from './fixtures/api.js';
import { createFakeEngine } from './fixtures/fake-engine.js';

const engine = createFakeEngine();
let api: ServedApi;
beforeAll(async () => {
  api = await serve(servicesOver(engine));
});
beforeEach(() => {
  engine.read.mockReset();
  engine.start.mockClear();
});
afterAll(() => api.stop());

const INPUT = { name: 'John Doe', car: 'c', hotel: 'h', flight: 'f' };
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

const post = (headers: Record<string, string> = {}, query = '{ booking(id: "x") { id } }', variables = {}) =>
  fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });

describe('an error that nobody expected', () => {
  beforeEach(() => {
    engine.read.mockRejectedValue(new Error('password "hunter2" refused by db.internal:5432'));
  });

  test('is masked: no message, no stack, only what to tell us', async () => {
    const response = await post();
    const text = await response.text();

    expect(JSON.parse(text)).toEqual({
      data: { booking: null },
      errors: [
        {
          message: 'Something went wrong on our side. Try again, and give us the request id if it stays.',
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
    engine.read.mockRejectedValue('hunter2');
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
    expect(engine.start).not.toHaveBeenCalled();
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
    await request(api.url, BookVacationDocument, { input: INPUT }, { 'x-request-id': 'checkout-43' });
    expect(engine.start).toHaveBeenCalledExactlyOnceWith(
      expect.any(String),
      expect.objectContaining({
        requestId: 'checkout-43',
        caller: { subject: 'anonymous', roles: [] },
      }),
    );
  });
});
