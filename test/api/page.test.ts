import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadApiConfig } from '../../src/config/api-config.js';
import type { RunningApi } from '../../src/main/start-api.js';
import { TEST_AUTH } from '../support/tokens.js';
import { startTestApi } from './fixtures/api.js';

/** The built page as the API serves it. */

let api: RunningApi;
let withoutExplorer: RunningApi;
beforeAll(async () => {
  api = await startTestApi();
  withoutExplorer = await startTestApi({ graphiql: false });
});
afterAll(() => Promise.all([api.stop(), withoutExplorer.stop()]));

const get = (path: string, headers: Record<string, string> = {}, from = api) =>
  fetch(new URL(path, from.url), { headers });

/** Returns the response before decompression, which fetch() does silently. */
async function getCompressed(path: string): Promise<IncomingMessage> {
  const request = httpRequest(new URL(path, api.url), { headers: { 'accept-encoding': 'gzip' } }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response;
}

async function assetOf(page: string, pattern: RegExp): Promise<string> {
  const html = await (await get(page)).text();
  return pattern.exec(html)?.[0] ?? `nothing like ${pattern.source} in ${html}`;
}

describe('the page', () => {
  test.each([
    '/',
    '/bookings',
    '/bookings?status=CONFIRMED',
    '/bookings/',
    '/bookings/john-doe-1',
    '/bookings/%E0%A4%A',
    '/review',
    '/desk',
    '/desk/john-doe-1',
  ])('is at %s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toContain('<title>Tripsaga</title>');
  });

  test.each([
    '/booking',
    '/bookings/a/b',
    '/desk/a/b',
    '/desks',
    '/index.html',
    '/assets/',
    '/assets/nothing.js',
    '/assets/..%2findex.html',
  ])('is not at %s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  });

  test.each(['/booking', '/bookings/a/b', '/index.html', '/some/where/else'])(
    'tells a person that there is nothing at %s',
    async (path) => {
      const response = await get(path, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
      expect(response.status).toBe(404);
      expect(await response.text()).toContain('<title>Tripsaga</title>');
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    },
  );

  test('is never shown instead of a script, and no proxy may remember that one is missing', async () => {
    const response = await get('/assets/index-old.js', { accept: 'text/html' });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('says whether developers may try failures: not in production', async () => {
    const says = async (from: RunningApi) =>
      /name="development" content="(\w+)"/.exec(await (await get('/', {}, from)).text())?.[1];
    expect(await says(api)).toBe('true');
    const inProduction = await startTestApi({ production: true });
    onTestFinished(() => inProduction.stop());
    expect(await says(inProduction)).toBe('false');
  });

  test('may run and load only files of its own server', async () => {
    const policy = (await get('/')).headers.get('content-security-policy') ?? '';
    expect(policy.split(';').sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "font-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "script-src 'self'",
      "style-src 'self'",
    ]);
  });

  test('has no inline script or style, and refers to no other server', async () => {
    const html = await (await get('/')).text();
    expect(html.match(/<script(?![^>]* src="\/)[^>]*>|<style|style=|https?:/g)).toBeNull();
  });

  test('may not be framed, nor be interpreted as another type', async () => {
    const { headers } = await get('/');
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('is revalidated each time, and not sent again while unchanged', async () => {
    const first = await get('/');
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const again = await get('/', {
      'if-none-match': first.headers.get('etag') ?? '',
      // Like a browser; Node's fetch would add `no-cache`, which requests the whole page again.
      'cache-control': 'max-age=0',
    });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
  });

  test('is compressed for clients that support it, and so are its assets', async () => {
    const script = await assetOf('/', /\/assets\/index-[^"]+\.js/);
    expect((await getCompressed(script)).headers['content-encoding']).toBe('gzip');
    expect((await get('/', { 'accept-encoding': 'identity' })).headers.get('content-encoding')).toBeNull();
  });

  test('its assets are cached for ever, because their names contain a hash of their content', async () => {
    for (const pattern of [/\/assets\/index-[^"]+\.js/, /\/assets\/index-[^"]+\.css/]) {
      const { status, headers } = await get(await assetOf('/', pattern));
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('etag')).not.toBeNull();
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  test('doesn’t affect the endpoint: no compression, and Apollo Sandbox without the page’s policy', async () => {
    const sandbox = await get('/graphql', { accept: 'text/html' });
    expect(await sandbox.text()).toContain('mutation BookVacation');
    expect(sandbox.headers.get('content-security-policy')).toBeNull();
    expect(
      (await getCompressed('/graphql?query=%7B__typename%7D')).headers['content-encoding'],
    ).toBeUndefined();
  });
});

describe('how its visitors sign in', () => {
  /** What the page reads: the content of its meta element. */
  async function signInOf(from: RunningApi): Promise<unknown> {
    const html = await (await get('/bookings/a', {}, from)).text();
    const [, content = ''] = /<meta name="sign-in" content="([^"]*)" \/>/.exec(html) ?? [];
    return JSON.parse(content.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))));
  }

  async function start(auth: typeof TEST_AUTH): Promise<RunningApi> {
    const started = await startTestApi({ auth });
    onTestFinished(() => started.stop());
    return started;
  }

  test('is not at all without authentication', async () => {
    expect(await signInOf(api)).toEqual({ mode: 'none' });
  });

  test('is by a token if the page is no client of the issuer', async () => {
    const started = await start(TEST_AUTH);
    expect(await signInOf(started)).toEqual({ mode: 'token' });
    const { headers } = await get('/', {}, started);
    expect(headers.get('content-security-policy')).toContain("connect-src 'self';");
  });

  test('is at the issuer otherwise, from which the page may fetch tokens, and from nowhere else', async () => {
    const issuer = 'https://id.example/realms/trips';
    const clientId = `page"'><script>&$&`;
    const started = await start({ ...TEST_AUTH, issuer, clientId, scope: 'openid offline_access' });
    expect(await signInOf(started)).toEqual({
      mode: 'oidc',
      issuer,
      clientId,
      audience: TEST_AUTH.audience,
      scope: 'openid offline_access',
    });
    const { headers } = await get('/', {}, started);
    expect(headers.get('content-security-policy')).toContain("connect-src 'self' https://id.example;");
  });
});

describe('GraphiQL', () => {
  test('is served with all its files from this server', async () => {
    const response = await get('/graphiql');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(await response.text()).not.toMatch(/https?:/);
    expect((await get(await assetOf('/graphiql', /\/assets\/graphiql-[^"]+\.js/))).status).toBe(200);
  });

  test('is not served if it is switched off, but the page is', async () => {
    expect((await get('/graphiql', {}, withoutExplorer)).status).toBe(404);
    expect((await get('/', {}, withoutExplorer)).status).toBe(200);
  });

  describe('depending on its setting', () => {
    afterEach(() => vi.unstubAllEnvs());

    test.each([
      ['outside production', 'development', undefined, true],
      ['outside production, off', 'development', 'off', false],
      ['in production', 'production', undefined, false],
      ['in production, on', 'production', 'on', true],
    ])('%s', (_where, environment, setting, served) => {
      vi.stubEnv('NODE_ENV', environment);
      vi.stubEnv('AUTH', 'none');
      vi.stubEnv('GRAPHIQL', setting);
      expect(loadApiConfig({ DATABASE_URL: 'postgres://u:p@localhost/d' }).graphiql).toBe(served);
    });
  });
});
