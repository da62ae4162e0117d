import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { askRaw, codeOf, openRaw, postLines, QUERY } from './fixtures/raw-http.js';

/** The effect of an `Upgrade` header on a request. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const H2C = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];

describe('an Upgrade to an unsupported protocol is ignored', () => {
  test.each([
    ['to h2c, as sent by curl and Java’s HttpClient', H2C],
    ['to TLS', ['Connection: upgrade', 'Upgrade: TLS/1.0, HTTP/1.1']],
    ['to an unknown protocol', ['Connection: keep-alive, Upgrade', 'Upgrade: foo/2']],
    ['to a WebSocket, in a POST', ['Connection: Upgrade', 'Upgrade: websocket']],
    ['to nothing, as sent by careless proxies', ['Connection: upgrade']],
  ])('%s: a POST is answered, and so is the next one', async (_what, headers) => {
    const connection = await openRaw(api);
    for (const count of [1, 2, 3]) {
      connection.send([...postLines(...headers), '', QUERY].join('\r\n'));
      const answer = (await connection.answers(count)).at(-1);
      expect(answer?.status).toBe(200);
      expect(JSON.parse(answer?.body ?? '')).toMatchObject({ data: { __typename: 'Query' } });
    }
  });

  test('when the body comes later and in chunks', async () => {
    const connection = await openRaw(api);
    const head = postLines(...H2C).filter((line) => !line.startsWith('Content-Length'));
    connection.send([...head, 'Transfer-Encoding: chunked', '', ''].join('\r\n'));
    for (const piece of [QUERY.slice(0, 5), QUERY.slice(5)])
      connection.send(`${piece.length.toString(16)}\r\n${piece}\r\n`);
    connection.send('0\r\n\r\n');
    expect((await connection.answers(1))[0]?.status).toBe(200);
  });

  test('without a body, at the page and at the endpoint', async () => {
    const get = (path: string) => [`GET ${path} HTTP/1.1`, 'Host: localhost', ...H2C];
    expect((await askRaw(api, get('/graphql'))).status).toBe(400);
    expect((await askRaw(api, get('/nothing'))).status).toBe(404);
    expect((await askRaw(api, get('/bookings'))).status).toBe(200);
  });

  test('from curl --http2, twice over one connection', async () => {
    const options = ['--http2', '--silent', '--verbose', '--noproxy', '*', '--data', QUERY];
    const headers = ['--header', 'Content-Type: application/json'];
    const { stdout, stderr } = await promisify(execFile)('curl', [...options, ...headers, api.url, api.url]);
    expect(stderr).toContain('> Upgrade: h2c');
    expect(stderr).toMatch(/Re-using existing connection/i);
    expect(stdout.match(/"__typename":"Query"/g)).toHaveLength(2);
  });
});

describe('a WebSocket handshake', () => {
  const handshake = (...more: string[]) => [
    'GET /graphql HTTP/1.1',
    'Host: localhost',
    'Connection: Upgrade',
    ...more,
  ];

  test('is recognized in any case', async () => {
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
    const answer = await askRaw(api, handshake('Upgrade: WebSocket', key, 'Sec-WebSocket-Version: 13'));
    expect(answer.status).toBe(101);
  });

  test.each([
    ['no key', ['Sec-WebSocket-Version: 13']],
    ['no version', ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']],
  ])('with %s is refused in JSON', async (_what, headers) => {
    const answer = await askRaw(api, handshake('Upgrade: websocket', 'X-Request-Id: mine', ...headers));
    expect(answer.status).toBe(400);
    expect(answer.head).toContain('Sec-WebSocket-Version: 13');
    expect(codeOf(answer)).toBe('BAD_REQUEST');
    expect(answer.body).toContain('"requestId":"mine"');
  });
});
