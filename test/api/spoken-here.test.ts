import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createAttempts } from '../../src/database/attempts.js';
import { createWishes } from '../../src/database/wishes.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { serve, type TestApi } from './fixtures/api.js';
import { clientOf } from './fixtures/client.js';
import { createFakeEngine } from './fixtures/fake-engine.js';
import { openSocket } from './fixtures/subscriptions.js';

let database: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await start();
});
afterAll(async () => {
  await api.stop();
  await database.close();
});

const start = () =>
  serve({
    wishes: createWishes(database),
    engine: createFakeEngine(),
    attempts: createAttempts(database.pool),
  });

const accepted = async () => (await clientOf(api).list()).length;

const MUTATION =
  'mutation { bookVacation(input: { name: "a", car: "c", hotel: "h", flight: "f" }) { replayed } }';
const SUBSCRIPTION = 'subscription { bookingUpdated(id: "x") { id } }';
const SUBSCRIBE_HERE =
  'Subscriptions are served over WebSocket at this address, using the graphql-transport-ws subprotocol (npm graphql-ws).';

const post = (query: string, headers: Record<string, string> = {}, path = '/graphql') =>
  fetch(new URL(path, api.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
const get = (query: string, headers: Record<string, string> = {}, path = '/graphql') =>
  fetch(new URL(`${path}?query=${encodeURIComponent(query)}`, api.url), {
    headers: { 'apollo-require-preflight': '1', ...headers },
  });

/** The status for a request whose target `fetch` would normalize. */
async function target(path: string, headers: Record<string, string>, method = 'GET') {
  const { hostname, port } = new URL(api.url);
  const request = httpRequest({
    hostname,
    port,
    path,
    method,
    headers: { host: 'localhost', ...headers },
  }).end();
  onTestFinished(() => void request.destroy());
  const answered = await Promise.race([once(request, 'response'), once(request, 'upgrade')]);
  return (answered as [IncomingMessage])[0].statusCode;
}

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
  'sec-websocket-protocol': 'graphql-transport-ws',
};

describe('the endpoint is the same for all protocols', () => {
  test.each([
    '/graphql',
    '/graphql/',
    '/GraphQL',
    '/graphql/?a=b',
    'http://localhost/graphql/',
    'HTTP://localhost:80/graphql?',
  ])('at %s', async (path) => {
    expect(await target(path, { accept: 'text/html' })).toBe(200);
    expect(await target(path, { accept: 'text/html' }, 'HEAD')).toBe(200);
    expect(await target(path, {}, 'OPTIONS')).toBe(204);
    expect(await target(path, {}, 'DELETE')).toBe(405);
    expect(await target(path, UPGRADE)).toBe(101);
  });

  test.each([
    ['//'],
    ['/'],
    ['//graphql'],
    ['/graphql//'],
    ['/graphql/a'],
    ['/graphqlx'],
    ['/a/../graphql'],
    ['/%67raphql'],
    ['/?/graphql'],
    ['http://localhost'],
    ['*'],
  ])('and not at %s', async (path) => {
    expect(await target(path, { accept: 'application/json' }, 'POST')).toBe(404);
    expect(await target(path, UPGRADE)).toBe(404);
    // A target that isn't a valid URL must not crash the process.
    expect((await post('{ __typename }')).status).toBe(200);
  });

  test('operations are answered with and without a trailing slash', async () => {
    for (const response of [
      await post('{ __typename }', {}, '/graphql/'),
      await get('{ __typename }', {}, '/graphql/'),
    ])
      expect(await response.json()).toMatchObject({ data: { __typename: 'Query' } });
    const preflight = { origin: 'https://studio.apollographql.com', 'access-control-request-method': 'POST' };
    const { status, headers } = await fetch(`${api.url}/`, { method: 'OPTIONS', headers: preflight });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, preflight.origin]);

    const socket = await openSocket(`${api.url.replace('http:', 'ws:')}/?from=a-page`);
    socket.send('{"id":"a","type":"subscribe","payload":{"query":"{ __typename }"}}');
    const [answer] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(answer.toString())).toMatchObject({ payload: { data: { __typename: 'Query' } } });
  });
});

/** What a client receives: the subprotocol, the messages, and the close code with its reason. */
async function connectWith(protocols?: string | string[]) {
  const socket = new WebSocket(api.url.replace('http:', 'ws:'), protocols);
  const messages: unknown[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { protocol: socket.protocol, messages, code, reason: String(reason) };
}

describe('a WebSocket client with another subprotocol learns which one to use', () => {
  test('the old one, in a message of its own format', async () => {
    for (const protocols of ['graphql-ws', ['unknown', 'graphql-ws']]) {
      expect(await connectWith(protocols)).toEqual({
        protocol: 'graphql-ws',
        messages: [{ type: 'connection_error', payload: { message: SUBSCRIBE_HERE } }],
        code: 4406,
        reason: SUBSCRIBE_HERE,
      });
    }
    expect(Buffer.byteLength(SUBSCRIBE_HERE)).toBeLessThan(123);
  });

  test('none at all', async () => {
    expect(await connectWith()).toEqual({ protocol: '', messages: [], code: 4406, reason: SUBSCRIBE_HERE });
  });

  test.each([['mqtt'], ['GRAPHQL-TRANSPORT-WS'], ['graphql-transport-ws-2, graphql']])(
    'only unknown ones: %s',
    async (offered) => {
      const { hostname, port } = new URL(api.url);
      const headers = { ...UPGRADE, 'sec-websocket-protocol': offered, 'x-request-id': 'lost-1' };
      const request = httpRequest({ hostname, port, path: '/graphql', headers }).end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      expect(response.statusCode).toBe(400);
      expect(response.headers['content-type']).toMatch(/^application\/json/);
      const [body] = (await once(response, 'data')) as [Buffer];
      expect(JSON.parse(body.toString())).toEqual({
        errors: [{ message: SUBSCRIBE_HERE, extensions: { code: 'BAD_REQUEST', requestId: 'lost-1' } }],
      });
    },
  );

  test('and a client that offers ours among others is served', async () => {
    const socket = new WebSocket(api.url.replace('http:', 'ws:'), [
      'graphql-ws',
      'graphql-transport-ws',
      'a',
    ]);
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    expect(socket.protocol).toBe('graphql-transport-ws');
  });

  test('an invalid response to it does no harm', async () => {
    const { hostname, port } = new URL(api.url);
    const headers = { ...UPGRADE, 'sec-websocket-protocol': 'graphql-ws' };
    const request = httpRequest({ hostname, port, path: '/graphql', headers }).end();
    const [, stream] = (await once(request, 'upgrade')) as [IncomingMessage, NodeJS.WritableStream];
    const closed = once(stream, 'close');
    stream.on('error', () => undefined);
    stream.write(Buffer.alloc(1000, 0xff));
    await closed;
    expect((await post('{ __typename }')).status).toBe(200);
  });

  test('a client that never closes does not keep the API from stopping', async () => {
    const other = await start();
    const { hostname, port } = new URL(other.url);
    const stream = connectTcp({ host: hostname, port: Number(port), allowHalfOpen: true });
    onTestFinished(() => void stream.destroy());
    const headers = Object.entries({ host: 'localhost', ...UPGRADE, 'sec-websocket-protocol': 'graphql-ws' });
    stream.write(`GET /graphql HTTP/1.1\r\n${headers.map((pair) => pair.join(': ')).join('\r\n')}\r\n\r\n`);
    await once(stream, 'data');
    await other.stop();
    await expect(fetch(other.url)).rejects.toThrow();
  });
});

describe('a client that accepts only an event stream is referred to the WebSocket', () => {
  test('and nothing is executed', async () => {
    const before = await accepted();
    for (const response of [
      await post(SUBSCRIPTION, { accept: 'text/event-stream' }),
      await post(MUTATION, { accept: 'text/event-stream' }),
      await post(MUTATION, { accept: 'text/event-stream, application/json;q=0' }),
      await get(SUBSCRIPTION, { accept: 'text/event-stream' }),
      await get(SUBSCRIPTION, { accept: 'text/event-stream', origin: 'https://studio.apollographql.com' }),
      await get('{ __typename }', { accept: 'text/event-stream' }, '/graphql/'),
    ]) {
      expect(response.status).toBe(406);
      expect(await response.json()).toEqual({
        errors: [
          {
            message: SUBSCRIBE_HERE,
            extensions: { code: 'NOT_ACCEPTABLE', requestId: response.headers.get('x-request-id') },
          },
        ],
      });
    }
    expect(await accepted()).toBe(before);
  });

  test.each([
    'text/event-stream, application/json',
    'application/graphql-response+json, text/event-stream',
    'text/event-stream, application/*;q=0.1',
    'text/event-stream, */*;q=0.1',
    '*/*',
    'application/json; charset=utf-8',
    'application/json;q=0.5, text/html',
  ])('unless it accepts JSON too: %s', async (accept) => {
    expect(await (await post('{ __typename }', { accept })).json()).toMatchObject({
      data: { __typename: 'Query' },
    });
  });
});

test('a subscription in a POST is referred to the WebSocket', async () => {
  for (const query of [
    SUBSCRIPTION,
    'subscription S($id: ID!) { bookingUpdated(id: $id) { id } }',
    'subscription { a: bookingUpdated(id: "x") { id } }',
  ]) {
    for (const accept of [
      '*/*',
      'application/json',
      'application/graphql-response+json, text/event-stream',
    ]) {
      const response = await post(query, { accept });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        errors: [
          {
            message: SUBSCRIBE_HERE,
            extensions: { code: 'BAD_REQUEST', requestId: response.headers.get('x-request-id') },
          },
        ],
      });
    }
  }
  expect(api.log.filter(({ msg }) => msg === 'unexpected error')).toEqual([]);
});

test('nothing is booked for a client that accepts none of our media types', async () => {
  const before = await accepted();
  for (const accept of ['application/xml', 'text/html', 'application/json;q=0', 'multipart/mixed']) {
    const response = await post(MUTATION, { accept });
    expect(response.status).toBe(406);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }] });
  }
  expect(await accepted()).toBe(before);
});
