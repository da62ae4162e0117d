import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { createAttempts } from '../../src/database/attempts.js';
import { createWishes } from '../../src/database/wishes.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { serve, type TestApi } from './fixtures/api.js';
import { clientOf } from './fixtures/client.js';
import { createFakeEngine } from './fixtures/fake-engine.js';
import { openSocket } from './fixtures/subscriptions.js';

let database: TestDatabase;
let api: TestApi;
let socketUrl: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const attempts = createAttempts(database.pool);
  api = await serve({ wishes: createWishes(database), engine: createFakeEngine(), attempts });
  socketUrl = api.url.replace('http:', 'ws:');
});
beforeEach(() => database.pool.query('delete from bookings'));
afterAll(async () => {
  await api.stop();
  await database.close();
});

const accepted = async () => (await clientOf(api).list()).length;

const BOOK = `mutation ($input: BookVacationInput!) {
  bookVacation(input: $input) { booking { legs { offerId } } userErrors { field } }
}`;

/** A request as JSON text, with `car` and `more` inserted verbatim. */
const booking = (car: string, more = '') =>
  `{"query":${JSON.stringify(BOOK)},"variables":{"input":{"name":"Zoë","car":${car},"hotel":"h","flight":"f"${more}}}}`;

const bytes = (...parts: (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));

const post = (body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(api.url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
const get = (query: string) => fetch(`${api.url}?${query}`, { headers: { 'apollo-require-preflight': '1' } });

async function expectRefusal(response: Response, status: number, code: string, message: string) {
  expect(await response.json()).toMatchObject({
    errors: [
      {
        message: expect.stringContaining(message) as unknown,
        extensions: { code, requestId: response.headers.get('x-request-id') },
      },
    ],
  });
  expect(response.status).toBe(status);
  expect(await accepted()).toBe(0);
}

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

const subscribe = (id: string, request: string) => `{"id":"${id}","type":"subscribe","payload":${request}}`;

/** Sends an operation and waits for the first message about it. */
async function answerTo(socket: WebSocket, id: string, message: string | Buffer): Promise<Message> {
  const answer = new Promise<Message>((resolve) => {
    socket.on('message', function onMessage(data: Buffer) {
      const received = JSON.parse(data.toString()) as Message;
      if (received.id !== id) return;
      socket.off('message', onMessage);
      resolve(received);
    });
  });
  socket.send(message);
  return answer;
}

/** Invalid bytes in place of an id, as they appear in a JSON string. */
const NOT_UTF8: [what: string, broken: Buffer][] = [
  ['a byte that starts no character', bytes(0xff)],
  ['Latin-1', bytes('Zo', 0xeb)],
  ['a truncated character', bytes(0xe2, 0x82)],
  ['an overlong encoding', bytes(0xc0, 0xaf)],
  ['half of a surrogate pair', bytes(0xed, 0xa0, 0x80)],
  ['a character beyond Unicode', bytes(0xf4, 0x90, 0x80, 0x80)],
];

describe('bytes that are not UTF-8 are refused, not guessed', () => {
  const [before, after] = booking('"#"').split('#') as [string, string];

  test.each(NOT_UTF8)('in a body: %s', async (_what, broken) => {
    const body = Buffer.concat([bytes(before), broken, bytes(after)]);
    await expectRefusal(await post(body), 400, 'BAD_REQUEST', 'not valid UTF-8');
    const packed = await post(gzipSync(body), { 'content-encoding': 'gzip' });
    await expectRefusal(packed, 400, 'BAD_REQUEST', 'not valid UTF-8');
  });

  test.each(NOT_UTF8)('in the query string: %s', async (_what, broken) => {
    const encoded = [...broken].map((byte) => `%${byte.toString(16)}`).join('');
    for (const query of [`query={booking(id:"${encoded}"){id}}`, `query={__typename}&also=${encoded}`])
      await expectRefusal(await get(query), 400, 'BAD_REQUEST', 'percent-encoded UTF-8');
  });

  test.each(['%', '%4', '%G1', '100%25%'])('in the query string: %s', async (encoded) => {
    const query = `query={booking(id:"${encoded}"){id}}`;
    await expectRefusal(await get(query), 400, 'BAD_REQUEST', 'percent-encoded UTF-8');
    const head = { method: 'HEAD', headers: { 'apollo-require-preflight': '1' } };
    expect((await fetch(`${api.url}?${query}`, head)).status).toBe(400);
  });

  test.each(NOT_UTF8)('in a message over a socket, text or binary: %s', async (_what, broken) => {
    for (const binary of [true, false]) {
      const socket = await openSocket(socketUrl);
      socket.on('error', () => undefined);
      const [head, tail] = subscribe('a', booking('"#"')).split('#') as [string, string];
      socket.send(Buffer.concat([bytes(head), broken, bytes(tail)]), { binary });
      expect((await once(socket, 'close'))[0]).toBe(1007);
    }
    expect(await accepted()).toBe(0);
  });

  test('half of a surrogate pair, escaped, is never booked', async () => {
    const { data } = (await (await post(booking('"\\ud800"'))).json()) as { data: unknown };
    expect(data).toEqual({ bookVacation: { booking: null, userErrors: [{ field: ['input', 'car'] }] } });
    const socket = await openSocket(socketUrl);
    const answer = await answerTo(socket, 'a', Buffer.from(subscribe('a', booking('"\\udc00"'))));
    expect(answer).toMatchObject({ type: 'next', payload: { data } });
    expect(await accepted()).toBe(0);
  });

  test('in a cursor', async () => {
    const cursor = bytes('["2026-01-01T00:00:00.000Z","', 0xff, '"]').toString('base64url');
    const query = `{ bookings(after: "${cursor}") { nodes { id } } }`;
    await expectRefusal(
      await post(JSON.stringify({ query })),
      200,
      'BAD_USER_INPUT',
      'after is not a cursor',
    );
  });
});

describe('UTF-8 is accepted', () => {
  const id = 'Zoë 王小明 👩🏽 ÿ';
  const legs = { booking: { legs: [{ offerId: id }, { offerId: 'h' }, { offerId: 'f' }] }, userErrors: [] };

  test.each([
    ['plain', bytes(booking(`"${id}"`)), {}],
    ['packed', gzipSync(booking(`"${id}"`)), { 'content-encoding': 'gzip' }],
    ['after a byte order mark', bytes('\ufeff', booking(`"${id}"`)), {}],
    ['labelled UTF-8', bytes(booking(`"${id}"`)), { 'content-type': 'application/json; charset=UTF-8' }],
    ['labelled "utf-8"', bytes(booking(`"${id}"`)), { 'content-type': 'application/json;charset="utf-8"' }],
  ])('in a body, %s', async (_what, body, headers: Record<string, string>) => {
    expect(await (await post(body, headers)).json()).toMatchObject({ data: { bookVacation: legs } });
  });

  test('in a message over a socket, text or binary', async () => {
    const socket = await openSocket(socketUrl);
    const message = subscribe('a', booking(`"${id}"`));
    for (const sent of [message, Buffer.from(message)])
      expect(await answerTo(socket, 'a', sent)).toMatchObject({ payload: { data: { bookVacation: legs } } });
  });

  test('in the query string', async () => {
    const response = await get(`query=${encodeURIComponent(`{ booking(id: "${id}") { id } }`)}`);
    expect(await response.json()).toMatchObject({ data: { booking: null } });
  });
});

test.each([
  'utf-16',
  'UTF-16LE',
  'utf-32',
  'utf-7',
  'latin1',
  'iso-8859-1',
  '"windows-1252"',
  'us-ascii',
  'x',
])('a body labelled %s is refused', async (charset) => {
  const response = await post(booking('"c"'), { 'content-type': `application/json; charset=${charset}` });
  await expectRefusal(response, 415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body in UTF-8');
});

const LOSSY = [
  '9007199254740993',
  '1000000000000000000000',
  '1e400',
  '-1e400',
  '1e-400',
  '0.12345678901234567890123',
];
const shown = (number: string) => `The number ${number} can't be represented exactly; send it as a string.`;

describe('a number that a double can’t represent is refused', () => {
  test.each(LOSSY)('in a body: %s', async (number) => {
    for (const body of [
      booking(number),
      booking('"c"', `,"waitSeconds":${number}`),
      booking('"c"').replace('{', `{"extensions":{"a":[${number}]},`),
      booking('"c"').replace('{', `{"__proto__":${number},`),
      // JSON.parse takes the last of duplicate keys; the number that it drops is refused too.
      booking(number, ',"car":"c"'),
    ]) {
      await expectRefusal(await post(body), 400, 'BAD_USER_INPUT', shown(number));
      const packed = await post(gzipSync(body), { 'content-encoding': 'gzip' });
      await expectRefusal(packed, 400, 'BAD_USER_INPUT', shown(number));
    }
  });

  test.each(LOSSY)('in the query string: %s', async (number) => {
    const query = encodeURIComponent('query ($id: ID!) { booking(id: $id) { id } }');
    const json = encodeURIComponent(`{"id":${number}}`);
    for (const parameters of [`variables=${json}`, `variables={"id":"a"}&extensions=${json}`]) {
      const response = await get(`query=${query}&${parameters}`);
      await expectRefusal(response, 400, 'BAD_USER_INPUT', shown(number));
    }
  });

  test.each(LOSSY)('over a socket, which stays open: %s', async (number) => {
    const socket = await openSocket(socketUrl);
    const extensions = { code: 'BAD_USER_INPUT', requestId: expect.stringMatching(UUID) as unknown };
    const requests = [booking(number), booking('"c"').replace('{', `{"extensions":{"a":${number}},`)];
    for (const message of requests.map((request) => subscribe('a', request))) {
      // A valid operation sent at the same time is not affected.
      const other = answerTo(socket, 'b', subscribe('b', '{"query":"{ __typename }"}'));
      for (const sent of [message, Buffer.from(message)]) {
        expect(await answerTo(socket, 'a', sent)).toEqual({
          id: 'a',
          type: 'error',
          payload: [{ message: shown(number), extensions }],
        });
      }
      expect(await other).toMatchObject({ payload: { data: { __typename: 'Query' } } });
    }
    expect(await accepted()).toBe(0);
    expect(await answerTo(socket, 'a', subscribe('a', booking('"c"')))).toMatchObject({ type: 'next' });
    expect(await accepted()).toBe(1);
  });

  test('in any other message, which has no id to reply to, by closing the socket', async () => {
    for (const type of ['ping', 'connection_init']) {
      const socket = await openSocket(socketUrl);
      socket.send(`{"type":"${type}","payload":{"at":9007199254740993}}`);
      const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
      expect([code, String(reason)]).toEqual([4400, shown('9007199254740993')]);
    }
  });

  test('and shown only in part if it is long', async () => {
    const number = '9'.repeat(90_000);
    const message = shown(`${'9'.repeat(40)}…`);
    await expectRefusal(await post(booking(number)), 400, 'BAD_USER_INPUT', message);
  });
});

describe('a number that keeps its digits is accepted', () => {
  test.each([
    ['9007199254740991', '9007199254740991'],
    ['100000000000000000000', '100000000000000000000'],
    ['-0', '0'],
    ['1E3', '1000'],
  ])('as an id: %s', async (number, id) => {
    const answer = { data: { bookVacation: { booking: { legs: [{ offerId: id }, {}, {}] } } } };
    expect(await (await post(booking(number))).json()).toMatchObject(answer);
    const socket = await openSocket(socketUrl);
    expect(await answerTo(socket, 'a', subscribe('a', booking(number)))).toMatchObject({ payload: answer });
  });

  test.each(['0.1', '1.50', '-0', '1E-1'])('as a wait: %s', async (number) => {
    const answer = await (await post(booking('"c"', `,"waitSeconds":${number}`))).json();
    expect(answer).toMatchObject({ data: { bookVacation: { userErrors: [] } } });
  });

  test('in a string, whatever its value', async () => {
    for (const id of ['9007199254740993', '1e400', '\\" 1e400']) {
      const answer = await (await post(booking(`"${id}"`))).json();
      expect(answer).toMatchObject({
        data: { bookVacation: { booking: { legs: [{ offerId: id.replace('\\', '') }, {}, {}] } } },
      });
      const json = encodeURIComponent(`{"id":"${id}"}`);
      const query = encodeURIComponent('query ($id: ID!) { booking(id: $id) { id } }');
      expect((await get(`query=${query}&variables=${json}`)).status).toBe(200);
    }
  });

  test('in the document itself, with every digit', async () => {
    const query = `mutation {
      bookVacation(input: { name: "a", car: 9007199254740993, hotel: 1000000000000000000000, flight: "f" }) {
        booking { legs { offerId } }
      }
    }`;
    const legs = [{ offerId: '9007199254740993' }, { offerId: '1000000000000000000000' }, { offerId: 'f' }];
    expect(await (await post(JSON.stringify({ query }))).json()).toMatchObject({
      data: { bookVacation: { booking: { legs } } },
    });
  });
});

describe('100 kB of worst-case input are checked, and refused or answered', () => {
  const ROOM = 99_000;
  const nested = (open: string, close: string, depth: number) =>
    `${open.repeat(depth)}1${close.repeat(depth)}`;
  const filled = (part: string) => part.repeat(ROOM / part.length);

  test.each(['[', '{"a":', '"', '"\\', '\\', '-', '1,', '1e', '00'])('invalid JSON: %s', async (part) => {
    await expectRefusal(await post(filled(part)), 400, 'BAD_REQUEST', '');
    const socket = await openSocket(socketUrl);
    socket.send(filled(part));
    expect((await once(socket, 'close'))[0]).toBe(4400);
  });

  test.each([
    ['lists', nested('[', ']', ROOM / 2)],
    ['objects', nested('{"a":', '}', ROOM / 6)],
    ['numbers', `[${filled('1,')}1]`],
    ['escapes', `"${filled('\\"')}"`],
  ])('JSON of %s', async (_what, json) => {
    const variables = '{"query":"query ($id: ID!) { booking(id: $id) { id } }","variables":{"id":%}}';
    const day =
      '{"query":"query ($to: LocalDate) { offers(kind: CAR, filter: { periods: [{ to: $to }] }) { nodes { id } } }","variables":{"to":%}}';
    const instant =
      '{"query":"query ($to: DateTimeISO) { bookings(filter: { createdFrom: $to }) { nodes { id } } }","variables":{"to":%}}';
    const extensions = '{"query":"{ __typename }","extensions":{"a":%}}';
    const socket = await openSocket(socketUrl);
    for (const template of [variables, day, instant, extensions]) {
      const request = template.replace('%', () => json);
      const response = await post(request);
      const text = await response.text();
      expect(response.status).toBeLessThan(500);
      expect(text).not.toMatch(/INTERNAL_SERVER_ERROR|call stack/);
      const answer = await answerTo(socket, 'a', subscribe('a', request));
      expect(JSON.stringify(answer)).not.toMatch(/INTERNAL_SERVER_ERROR|call stack/);
    }
    expect(await accepted()).toBe(0);
  });
});
