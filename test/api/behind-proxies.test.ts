import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { BookingEngine } from '../../src/temporal/engine.js';
import type { Wishes } from '../../src/database/wishes.js';
import { startTestApi, type ApiChoice, type TestApi } from './fixtures/api.js';
import { connect } from './fixtures/subscriptions.js';

async function start(choice: ApiChoice): Promise<TestApi> {
  const api = await startTestApi({ production: true, ...choice });
  onTestFinished(() => api.stop());
  return api;
}

/** The status of a handshake: 101 if a page of that origin may connect. */
async function handshake(api: TestApi, headers: Record<string, string>, path = '/graphql') {
  const socket = new WebSocket(new URL(path, api.url.replace('http:', 'ws:')), 'graphql-transport-ws', {
    headers,
  });
  socket.on('error', () => undefined);
  const answered = await Promise.race([once(socket, 'upgrade'), once(socket, 'unexpected-response')]);
  socket.terminate();
  return (answered.at(-1) as IncomingMessage).statusCode;
}

/** `fetch` sets Host itself. */
async function ask(api: TestApi, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { hostname, port } = new URL(api.url);
  const request = httpRequest({ hostname, port, path, method, headers });
  request.end(method === 'POST' ? '{"query":"{ __typename }"}' : undefined);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += String(chunk);
  return { status: response.statusCode, headers: response.headers, body };
}
const JSON_TYPE = { 'content-type': 'application/json' };

describe('the origins whose pages may open a WebSocket', () => {
  test('are those of the same host, whatever the scheme, with or without its default port', async () => {
    const api = await start({});
    for (const [origin, host] of [
      ['http://shop.example', 'shop.example'],
      ['https://shop.example', 'shop.example'],
      ['https://shop.example', 'shop.example:443'],
      ['https://shop.example', 'SHOP.example'],
      ['http://shop.example:4000', 'shop.example:4000'],
    ] as const)
      expect([origin, host, await handshake(api, { origin, host })]).toEqual([origin, host, 101]);
    for (const [origin, host] of [
      ['https://evil.example', 'shop.example'],
      ['https://shop.example:8443', 'shop.example'],
      ['https://shop.example', 'shop.example:80'],
      ['https://shop.example.evil.example', 'shop.example'],
      ['null', 'shop.example'],
    ] as const)
      expect([origin, host, await handshake(api, { origin, host })]).toEqual([origin, host, 403]);
  });

  test('are only those of PUBLIC_URL and CORS_ORIGINS if PUBLIC_URL is set', async () => {
    const api = await start({
      publicUrl: 'https://shop.example/shop',
      corsOrigins: ['https://other.example'],
    });
    for (const origin of ['https://shop.example', 'https://other.example'])
      expect(await handshake(api, { origin, host: 'internal:4000' })).toBe(101);
    for (const origin of [
      'http://shop.example',
      'https://shop.example:444',
      'http://internal:4000',
      'https://evil.example',
      'null',
    ])
      expect([origin, await handshake(api, { origin, host: 'internal:4000' })]).toEqual([origin, 403]);
    expect(await handshake(api, { host: 'internal:4000' })).toBe(101);
  });

  describe('with X-Forwarded-Host', () => {
    const SHOP = { origin: 'https://shop.example', host: 'internal:4000' };

    test('are not those that an untrusted peer names', async () => {
      for (const trustProxy of [[], ['10.0.0.0/8', 'uniquelocal']]) {
        const api = await start({ trustProxy });
        expect(await handshake(api, { ...SHOP, 'x-forwarded-host': 'shop.example' })).toBe(403);
        expect(await handshake(api, { ...SHOP, forwarded: 'host=shop.example' })).toBe(403);
        expect(
          await handshake(api, { ...SHOP, origin: 'http://internal:4000', 'x-forwarded-host': 'a' }),
        ).toBe(101);
      }
    });

    test('are those that a trusted proxy names, over several hops, and not those that the client sent', async () => {
      const api = await start({ trustProxy: ['loopback', '10.0.0.0/8'] });
      const by = (hosts: string, hops: string) =>
        handshake(api, { ...SHOP, 'x-forwarded-host': hosts, 'x-forwarded-for': hops });
      expect(await by('shop.example', '203.0.113.7')).toBe(101);
      expect(await by('evil.example', '203.0.113.7')).toBe(403);
      // Two proxies: each adds one, or the second passes the header on.
      expect(await by('shop.example, inner', '203.0.113.7, 10.0.0.1')).toBe(101);
      expect(await by('shop.example', '203.0.113.7, 10.0.0.1')).toBe(101);
      // The leftmost entry is the client's.
      expect(await by('shop.example, evil.example', '203.0.113.7')).toBe(403);
      expect(await by('shop.example, evil.example, inner', '203.0.113.7, 10.0.0.1')).toBe(403);
      expect(await by('evil.example, shop.example', '10.9.9.9, 203.0.113.7')).toBe(101);
    });

    test('are not affected by it if PUBLIC_URL is set', async () => {
      const api = await start({ trustProxy: ['loopback'], publicUrl: 'https://trips.example' });
      expect(await handshake(api, { ...SHOP, 'x-forwarded-host': 'shop.example' })).toBe(403);
    });
  });
});

describe('the client’s address in the log of an unexpected error', () => {
  const wishes = { find: () => Promise.reject(new Error('unforeseen')) } as unknown as Wishes;
  const engine = {} as BookingEngine;
  const body = JSON.stringify({ query: '{ booking(id: "john-1") { id } }' });

  async function loggedFor(trustProxy: readonly string[], headers: Record<string, string>) {
    const api = await start({ trustProxy: [...trustProxy], parts: { wishes, engine } });
    await fetch(api.url, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body });
    await expect.poll(() => api.log.find(({ msg }) => msg === 'unexpected error')).toBeDefined();
    return api.log.find(({ msg }) => msg === 'unexpected error')?.clientAddress;
  }

  test.each([
    ['without a proxy', [], {}, '127.0.0.1'],
    ['from an untrusted peer', [], { 'x-forwarded-for': '203.0.113.7' }, '127.0.0.1'],
    [
      'from a peer other than the trusted ones',
      ['10.0.0.0/8'],
      { 'x-forwarded-for': '203.0.113.7' },
      '127.0.0.1',
    ],
    ['from a trusted proxy', ['loopback'], { 'x-forwarded-for': '203.0.113.7' }, '203.0.113.7'],
    [
      'over two trusted proxies',
      ['127.0.0.1', '10.0.0.0/8'],
      { 'x-forwarded-for': '203.0.113.7, 10.1.2.3' },
      '203.0.113.7',
    ],
    [
      'with an entry that the client added',
      ['loopback'],
      { 'x-forwarded-for': '198.51.100.1, 203.0.113.7' },
      '203.0.113.7',
    ],
    [
      'with a trusted address that the client added',
      ['loopback'],
      { 'x-forwarded-for': '127.0.0.1, 203.0.113.7' },
      '203.0.113.7',
    ],
    ['with an invalid entry', ['loopback'], { 'x-forwarded-for': 'unknown' }, '127.0.0.1'],
    ['of IPv6', ['loopback'], { 'x-forwarded-for': '2001:db8::7' }, '2001:db8::7'],
    [
      'in other headers',
      ['loopback'],
      { forwarded: 'for=203.0.113.7', 'x-real-ip': '203.0.113.7' },
      '127.0.0.1',
    ],
  ])('%s', async (_what, trustProxy, headers, address) => {
    expect(await loggedFor(trustProxy, headers)).toBe(address);
  });

  test('over a WebSocket too', async () => {
    const api = await start({ trustProxy: ['loopback'], parts: { wishes, engine } });
    const client = connect(api.url.replace('http:', 'ws:'), { 'x-forwarded-for': '203.0.113.7' });
    const answers = client.iterate({ query: '{ booking(id: "john-1") { id } }' });
    await answers.next();
    await expect
      .poll(() => api.log.find(({ msg }) => msg === 'unexpected error')?.clientAddress)
      .toBe('203.0.113.7');
  });
});

describe('under the path of PUBLIC_URL', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi({
      production: true,
      graphiql: true,
      publicUrl: 'https://shop.example/a.b/shop',
    });
  });
  afterAll(() => api.stop());
  const host = 'shop.example';

  test('the API reports its public addresses', () => {
    expect(api.endpoint).toBe('https://shop.example/a.b/shop/graphql');
    expect(api.page).toBe('https://shop.example/a.b/shop/');
    expect(api.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/);
  });

  describe.each([
    ['a proxy that strips the path', ''],
    ['a proxy that passes it on', '/a.b/shop'],
    ['a proxy that passes on the absolute URL', 'http://shop.example/a.b/shop'],
  ])('behind %s', (_what, prefix) => {
    test('the endpoint answers', async () => {
      const answer = await ask(api, `${prefix}/graphql`, { host, ...JSON_TYPE }, 'POST');
      expect(JSON.parse(answer.body)).toMatchObject({ data: { __typename: 'Query' } });
    });

    test.each(['/', '/bookings', '/bookings/john-1?from=mail', '/graphiql'])(
      'the page at %s has its files below the path',
      async (path) => {
        const { status, body } = await ask(api, `${prefix}${path}`, { host });
        expect(status).toBe(200);
        const links = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
        expect(links.length).toBeGreaterThan(2);
        for (const link of links) {
          expect(link).toMatch(/^\/a\.b\/shop\/assets\//);
          const sent = link.replace('/a.b/shop', prefix);
          expect([link, (await ask(api, sent, { host })).status]).toEqual([link, 200]);
        }
      },
    );

    test('the error for an unknown path names the public paths', async () => {
      const { status, body } = await ask(api, `${prefix}/nothing`, { host });
      expect(status).toBe(404);
      expect(body).toContain('Nothing is served at /a.b/shop/nothing; the API is at /a.b/shop/graphql.');
    });
  });

  test('WebSockets connect too', async () => {
    const origin = 'https://shop.example';
    for (const path of ['/graphql', '/a.b/shop/graphql'])
      expect(await handshake(api, { origin }, path)).toBe(101);
    expect(await handshake(api, { origin }, '/a.b/shop/nothing')).toBe(404);
  });

  test.each(['/a.b/shop', '/a.b/shop?a=b'])(
    'the page is served without a trailing slash too: %s',
    async (path) => {
      expect((await ask(api, path, { host })).body).toContain('<title>Tripsaga</title>');
    },
  );

  test.each([
    '/aXb/shop/graphql',
    '/a.b/shopgraphql',
    '/A.B/shop/graphql',
    '/x/a.b/shop/graphql',
    '/a.b/shop/a.b/shop/graphql',
  ])('nothing is served at %s', async (path) => {
    expect((await ask(api, path, { host, ...JSON_TYPE }, 'POST')).status).toBe(404);
    expect(await handshake(api, {}, path)).toBe(404);
  });

  test('requests forged by other sites are still refused', async () => {
    const forged = await ask(api, '/a.b/shop/graphql?query=%7B__typename%7D', {
      host,
      origin: 'https://evil.example',
    });
    expect([forged.status, forged.body]).toEqual([
      400,
      expect.stringContaining('Cross-Site Request Forgery'),
    ]);
    expect(forged.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('the page’s content security policy is just as strict', async () => {
    const { headers, body } = await ask(api, '/a.b/shop/', { host });
    expect(headers['content-security-policy']).toContain("base-uri 'none'");
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(body).not.toMatch(/<base|<script(?![^>]* src="\/)/);
  });
});
