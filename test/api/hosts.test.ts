import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { askRaw, codeOf, postLines, QUERY } from './fixtures/raw-http.js';

/** If evil.example resolves to 127.0.0.1, its pages must not share an origin with a developer's API. */

let local: TestApi;
let behindProxy: TestApi;
let production: TestApi;
beforeAll(async () => {
  local = await startTestApi();
  behindProxy = await startTestApi({ publicUrl: 'https://Shop.example:8443', trustProxy: ['loopback'] });
  production = await startTestApi({ production: true });
});
afterAll(() => Promise.all([local, behindProxy, production].map((api) => api.stop())));

const HANDSHAKE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
];

/** The statuses for requests to that host: to the endpoint, over WebSocket, to the page and to its assets. */
async function statuses(api: TestApi, host: readonly string[], target = '') {
  const get = (path: string, ...more: string[]) =>
    askRaw(api, [`GET ${target}${path} HTTP/1.1`, ...host, ...more]);
  const [, ...post] = postLines().filter((line) => !line.startsWith('Host'));
  const answers = [
    await askRaw(api, [`POST ${target}/graphql HTTP/1.1`, ...host, ...post], QUERY),
    await get('/graphql', ...HANDSHAKE),
    await get('/bookings'),
    await get('/assets/nothing.js'),
  ];
  return answers.map(({ status }) => status);
}

const ANSWERED = [200, 101, 200, 404];
const MISDIRECTED = [421, 421, 421, 421];

describe('on loopback outside production', () => {
  test.each([
    'localhost',
    'localhost:4000',
    'LOCALHOST',
    'localhost.',
    'shop.localhost:80',
    '127.0.0.1',
    '127.12.0.3:4000',
    '[::1]:4000',
  ])('%s is answered', async (host) => {
    expect(await statuses(local, [`Host: ${host}`])).toEqual(ANSWERED);
  });

  test.each([
    'evil.example',
    'evil.example:4000',
    'localhost.evil.example',
    'evillocalhost',
    '127.0.0.1.evil.example',
    '1127.0.0.1',
    '128.0.0.1',
    '0.0.0.0',
    '[::]',
    '[::2]:4000',
    '[::1].evil.example',
    'localhost@evil.example',
    'evil.example@localhost',
    'localhost:4000@evil.example',
    'localhost/.evil.example',
    'evil.example#localhost',
    'localhost, evil.example',
    'localhost evil.example',
    'shop.example',
    ':4000',
    '',
  ])('"%s" is not', async (host) => {
    expect(await statuses(local, [`Host: ${host}`])).toEqual(MISDIRECTED);
  });

  test('the refusal says how to fix it', async () => {
    const answer = await askRaw(local, ['GET / HTTP/1.1', 'Host: evil.example', 'X-Request-Id: mine']);
    expect(answer.head).toMatch(/^HTTP\/1.1 421 Misdirected Request/);
    expect(answer.head).toMatch(/^content-type: application\/json/im);
    expect(codeOf(answer)).toBe('MISDIRECTED_REQUEST');
    expect(answer.body).toMatch(/PUBLIC_URL.*HOST/);
    expect(answer.body).toContain('"requestId":"mine"');
  });

  test('the host of an absolute URL is checked as well as the header', async () => {
    const host = ['Host: localhost'];
    expect(await statuses(local, host, 'http://localhost:4000')).toEqual(ANSWERED);
    for (const evil of [
      'http://evil.example',
      'HTTP://evil.example',
      'http://localhost@evil.example',
      'http://',
    ])
      expect(await statuses(local, host, evil)).toEqual(MISDIRECTED);
    expect(await statuses(local, ['Host: evil.example'], 'http://localhost')).toEqual(MISDIRECTED);
  });

  test('a missing host, which HTTP/1.0 allows, is refused', async () => {
    expect((await askRaw(local, ['GET /bookings HTTP/1.0'])).status).toBe(421);
    expect((await askRaw(production, ['GET /bookings HTTP/1.0'])).status).toBe(200);
  });

  test('the host of PUBLIC_URL is answered too, with any port', async () => {
    for (const host of ['shop.example', 'SHOP.example.:8443', 'localhost'])
      expect(await statuses(behindProxy, [`Host: ${host}`])).toEqual(ANSWERED);
    expect(await statuses(behindProxy, ['Host: evil.shop.example'])).toEqual(MISDIRECTED);
  });

  test('X-Forwarded-Host is ignored, even from a trusted address, because the page itself could send it', async () => {
    for (const host of ['localhost', 'shop.example']) {
      const headers = ['Host: evil.example', `X-Forwarded-Host: ${host}`, 'X-Forwarded-For: 10.0.0.1'];
      expect(await statuses(behindProxy, headers)).toEqual(MISDIRECTED);
    }
  });

  test('the same holds on ::1 and by name, and the name in HOST is answered', async () => {
    for (const [host, own] of [
      ['::1', '[::1]'],
      ['localhost', 'localhost'],
    ] as const) {
      const api = await startTestApi({ host });
      onTestFinished(() => api.stop());
      expect(await statuses(api, [`Host: ${own}`])).toEqual(ANSWERED);
      expect(await statuses(api, ['Host: evil.example'])).toEqual(MISDIRECTED);
    }
  });
});

test('in production, and on all interfaces, any host is answered', async () => {
  expect(await statuses(production, ['Host: trips.example'])).toEqual(ANSWERED);
  const everywhere = await startTestApi({ host: '0.0.0.0' });
  onTestFinished(() => everywhere.stop());
  expect(await statuses(everywhere, ['Host: trips.example'])).toEqual(ANSWERED);
});
