import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createAttempts } from '../../src/database/attempts.js';
import { createWishes } from '../../src/database/wishes.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { serve, type TestApi } from './fixtures/api.js';
import { clientOf } from './fixtures/client.js';
import { createFakeEngine } from './fixtures/fake-engine.js';

let database: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  database = await createTestDatabase();
  const attempts = createAttempts(database.pool);
  api = await serve({ wishes: createWishes(database), engine: createFakeEngine(), attempts });
});
afterAll(async () => {
  await api.stop();
  await database.close();
});

const accepted = async () => (await clientOf(api).list()).length;

const JSON_TYPE = { 'content-type': 'application/json' };
const QUERY = '{"query":"{ __typename }"}';

const send = (init: RequestInit, path = '/graphql') => fetch(new URL(path, api.url), init);
const post = (body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}) =>
  send({ method: 'POST', body, headers: { ...JSON_TYPE, ...headers } });

/** Expects a refusal that GraphQL clients can read: JSON with a message and a code, and no internal details. */
async function expectRefusal(response: Response, status: number, code: string): Promise<void> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({
    errors: [
      {
        message: expect.any(String) as unknown,
        extensions: { code, requestId: response.headers.get('x-request-id') },
      },
    ],
  });
  expect(text).not.toMatch(/node_modules|\.js:\d/);
}

describe('the body', () => {
  test('is accepted as JSON, plain or compressed', async () => {
    for (const response of [
      await post(QUERY),
      await post(QUERY, { 'content-type': 'application/json; charset=utf-8' }),
      await post(gzipSync(QUERY), { 'content-encoding': 'gzip' }),
    ]) {
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ data: { __typename: 'Query' } });
    }
  });

  test.each([
    ['truncated JSON', '{"query":'],
    ['not JSON', '<query/>'],
    ['a string', '"{ __typename }"'],
    ['a number', '5'],
    ['null', 'null'],
    ['an empty object', '{}'],
    ['nothing', ''],
    ['a query that is not a string', '{"query":5}'],
    ['variables that are not an object', '{"query":"{ __typename }","variables":"x"}'],
    ['a list of operations, because batches are not supported', `[${QUERY},${QUERY}]`],
  ])('that is %s is refused', async (_what, body) => {
    await expectRefusal(await post(body), 400, 'BAD_REQUEST');
  });

  test('that does not match its content encoding is refused', async () => {
    await expectRefusal(await post('not packed', { 'content-encoding': 'gzip' }), 400, 'BAD_REQUEST');
    await expectRefusal(await post(QUERY, { 'content-encoding': 'zip' }), 415, 'BAD_REQUEST');
  });

  test.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/graphql'],
    ['nonsense'],
  ])('of type %s is refused', async (type) => {
    await expectRefusal(await post(QUERY, { 'content-type': type }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test('that is missing is refused', async () => {
    await expectRefusal(await send({ method: 'POST' }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });
});

describe('a body over 100 kB is refused', () => {
  const KIB = 1024;
  const sized = (bytes: number) => QUERY.padEnd(bytes, ' ');

  test('and one of exactly 100 kB is not', async () => {
    expect((await post(sized(100 * KIB))).status).toBe(200);
    await expectRefusal(await post(sized(100 * KIB + 1)), 413, 'PAYLOAD_TOO_LARGE');
  });

  test('and nothing in it is accepted', async () => {
    const input = 'name: \\"a\\", car: \\"c\\", hotel: \\"h\\", flight: \\"f\\"';
    const body = `{"query":"mutation { bookVacation(input: { ${input} }) { replayed } }"}`;
    expect((await post(body.padEnd(200 * KIB, ' '))).status).toBe(413);
    expect(await accepted()).toBe(0);
    expect((await post(body)).status).toBe(200);
    expect(await accepted()).toBe(1);
  });

  test('when it declares its size', async () => {
    await expectRefusal(await post(sized(5000 * KIB)), 413, 'PAYLOAD_TOO_LARGE');
  });

  test('when it is small until it is decompressed', async () => {
    const bomb = gzipSync(sized(20_000 * KIB));
    expect(bomb.length).toBeLessThan(100 * KIB);
    await expectRefusal(await post(bomb, { 'content-encoding': 'gzip' }), 413, 'PAYLOAD_TOO_LARGE');
  });

  test('when it comes in chunks and never ends', async () => {
    const request = httpRequest(api.url, { method: 'POST', headers: JSON_TYPE });
    request.on('error', () => undefined);
    const sending = setInterval(() => request.write(' '.repeat(10 * KIB)), 5);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    clearInterval(sending);
    request.destroy();
    expect(response.statusCode).toBe(413);
    expect((await post(QUERY)).status).toBe(200);
  });
});

describe('the method', () => {
  test.each(['PUT', 'DELETE', 'PATCH'])('%s is refused with the list of allowed methods', async (method) => {
    const response = await send({ method, headers: JSON_TYPE, body: QUERY });
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS');
    await expectRefusal(response, 405, 'METHOD_NOT_ALLOWED');
  });

  const PREFLIGHTED = { 'apollo-require-preflight': '1' };
  const query = `/graphql?query=${encodeURIComponent('{ __typename }')}`;

  test('GET answers a query', async () => {
    const response = await send({ headers: PREFLIGHTED }, query);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ data: { __typename: 'Query' } });
  });

  test('GET never books a trip', async () => {
    const before = await accepted();
    const mutation =
      'mutation { bookVacation(input: { name: "a", car: "c", hotel: "h", flight: "f" }) { replayed } }';
    const response = await send({ headers: PREFLIGHTED }, `/graphql?query=${encodeURIComponent(mutation)}`);
    await expectRefusal(response, 405, 'BAD_REQUEST');
    expect(await accepted()).toBe(before);
  });

  test('HEAD is answered like GET, without a body', async () => {
    const response = await send({ method: 'HEAD', headers: PREFLIGHTED }, query);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.text()).toBe('');
  });

  test('OPTIONS is answered without a body', async () => {
    const response = await send({ method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
  });
});

describe('paths other than /graphql and the page get a 404 in JSON', () => {
  test.each(['/nothing', '/graphql/below', '/%E0%A4%A', '/graphql%00'])('%s', async (path) => {
    await expectRefusal(await send({}, path), 404, 'NOT_FOUND');
    await expectRefusal(
      await send({ method: 'POST', headers: JSON_TYPE, body: QUERY }, path),
      404,
      'NOT_FOUND',
    );
  });

  test('a POST to the page', async () => {
    const init = { method: 'POST', headers: JSON_TYPE, body: QUERY };
    await expectRefusal(await send(init, '/'), 404, 'NOT_FOUND');
  });
});

test('a document nested too deeply is refused, and the next one is answered', async () => {
  const query = `{ booking(id: ${'['.repeat(80_000)}`;
  await expectRefusal(await post(JSON.stringify({ query })), 400, 'GRAPHQL_PARSE_FAILED');
  expect((await post(QUERY)).status).toBe(200);
});

test('a wait ends when its client hangs up', async () => {
  const known = createWishes(database);
  const waits: AbortSignal[] = [];
  const served = await serve({
    wishes: known,
    engine: createFakeEngine(),
    attempts: createAttempts(database.pool),
    wait: (reading, _milliseconds, { clientGone }) =>
      new Promise((resolve) => {
        waits.push(clientGone);
        clientGone.addEventListener('abort', () => resolve(reading));
      }),
  });
  onTestFinished(() => served.stop());
  const client = new AbortController();
  const input = { name: 'Jane', car: 'c', hotel: 'h', flight: 'f', waitSeconds: 50 };
  const query = 'mutation ($input: BookVacationInput!) { bookVacation(input: $input) { replayed } }';
  const body = JSON.stringify({ query, variables: { input } });
  const init = { method: 'POST', body, headers: JSON_TYPE, signal: client.signal };
  const answer = fetch(served.url, init).catch(() => 'hung up');
  await expect.poll(() => waits.length).toBe(1);
  expect(waits[0]?.aborted).toBe(false);
  client.abort();
  expect(await answer).toBe('hung up');
  await expect.poll(() => waits[0]?.aborted).toBe(true);
});
