import { createPublicKey } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createTokenVerifier, InvalidToken, KeysUnavailable } from '../../src/api/access/tokens.js';
import { bearer, TEST_AUTH, tokenFor } from '../support/tokens.js';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { createFakeEngine } from './fixtures/fake-engine.js';
import { nobody } from './fixtures/servers.js';

const VIEWER = '{ viewer { subject roles } }';

describe('a token', () => {
  const verify = createTokenVerifier(TEST_AUTH);

  test('identifies the caller and says until when', async () => {
    const { caller, expiresAt } = await verify(await tokenFor('ada', { roles: ['operator'], expiresIn: 60 }));
    expect(caller).toEqual({ subject: 'ada', roles: ['operator'] });
    expect(expiresAt - Date.now()).toBeGreaterThan(50_000);
    expect(expiresAt - Date.now()).toBeLessThanOrEqual(60_000);
  });

  test.each([
    ['a list', { roles: ['a', 'operator', 7] }, 'roles', ['a', 'operator']],
    ['words, as OAuth scopes are', { roles: 'a operator' }, 'roles', ['a', 'operator']],
    ['inside another claim', { realm_access: { roles: ['operator'] } }, 'realm_access.roles', ['operator']],
    [
      'a claim named by a URL',
      { 'https://shop.test/roles': ['operator'] },
      'https://shop.test/roles',
      ['operator'],
    ],
    ['absent', {}, 'roles', []],
    ['no list', { roles: { operator: true } }, 'roles', []],
  ])('has its roles in a configurable claim: %s', async (_what, claims, rolesClaim, roles) => {
    const { caller } = await createTokenVerifier({ ...TEST_AUTH, rolesClaim })(
      await tokenFor('ada', { claims }),
    );
    expect(caller.roles).toEqual(roles);
  });

  test.each([
    ['of another issuer', { iss: 'https://other.test' }, /claim iss/],
    ['without an issuer', { iss: undefined }, /claim iss/],
    ['for another audience', { aud: 'other' }, /claim aud/],
    ['without an audience', { aud: undefined }, /claim aud/],
    ['that never expires', { exp: undefined }, /claim exp/],
    ['that has expired', { exp: 1_000_000_000 }, /expired/],
    ['not valid yet', { nbf: 4_000_000_000 }, /claim nbf/],
    ['without a subject', { sub: undefined }, /claim sub/],
    ['with an empty subject', { sub: '' }, /subject/],
    ['with a long subject', { sub: 'x'.repeat(256) }, /subject/],
    ['with a control character in its subject', { sub: 'a\u0000b' }, /subject/],
    ['that claims to be anonymous', { sub: 'anonymous' }, /anonymous/],
    ['that claims to be a forgotten traveller', { sub: '(forgotten)' }, /forgotten/],
  ])('is not accepted %s', async (_what, claims, message) => {
    const refused = verify(await tokenFor('ada', { claims }));
    await expect(refused).rejects.toBeInstanceOf(InvalidToken);
    await expect(refused).rejects.toThrow(message);
  });

  test('may be late by the clock skew', async () => {
    const token = await tokenFor('ada', { expiresIn: -20 });
    await expect(verify(token)).rejects.toThrow(/expired/);
    await expect(createTokenVerifier({ ...TEST_AUTH, clockSkewSeconds: 60 })(token)).resolves.toMatchObject({
      caller: { subject: 'ada' },
    });
  });

  test('is not accepted without a signature, with a changed one, or if it is no token', async () => {
    const { issuer, audience } = TEST_AUTH;
    const unsigned = new UnsecuredJWT({}).setSubject('ada').setIssuer(issuer).setAudience(audience);
    const token = await tokenFor('ada');
    const [head, body, signature] = token.split('.') as [string, string, string];
    const other = (await tokenFor('eve')).split('.')[1];
    for (const wrong of [
      unsigned.setExpirationTime('1h').encode(),
      `${head}.${other}.${signature}`,
      `${head}.${body}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
      `${head}.${body}.`,
      'nonsense',
      'a.b.c',
    ]) {
      await expect(verify(wrong)).rejects.toBeInstanceOf(InvalidToken);
    }
  });

  test('is not accepted if it is signed with the public key as a secret', async () => {
    const { publicKey } = await generateKeyPair('RS256', { extractable: true });
    const key = createPublicKey({ key: (await exportJWK(publicKey)) as never, format: 'jwk' });
    const pem = key.export({ type: 'spki', format: 'pem' });
    const forged = await sign(new TextEncoder().encode(String(pem)), 'HS256');
    const accepting = createTokenVerifier({ ...TEST_AUTH, keys: { publicKey: key }, algorithms: ['RS256'] });
    await expect(accepting(forged)).rejects.toThrow(/algorithm/);
  });
});

function sign(key: CryptoKey | Uint8Array, alg: string, kid?: string): Promise<string> {
  return new SignJWT({ roles: [] })
    .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
    .setSubject('ada')
    .setIssuer(TEST_AUTH.issuer)
    .setAudience(TEST_AUTH.audience)
    .setExpirationTime('10m')
    .sign(key);
}

describe('an issuer’s keys', () => {
  /** An issuer that publishes some keys, and can fail. */
  async function openIssuer() {
    const issuer = { keys: [] as object[], asked: 0, status: 200 };
    const server: Server = createServer((_request, response) => {
      issuer.asked++;
      response.writeHead(issuer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ keys: issuer.keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    const verify = createTokenVerifier({ ...TEST_AUTH, keys: { jwksUrl }, algorithms: ['RS256', 'ES256'] });
    return { issuer, verify };
  }

  function laterBy(milliseconds: number): void {
    const later = Date.now() + milliseconds;
    vi.spyOn(Date, 'now').mockImplementation(() => later);
    onTestFinished(() => void vi.restoreAllMocks());
  }

  async function newKey(kid: string, alg = 'ES256') {
    const { publicKey, privateKey } = await generateKeyPair(alg);
    return { jwk: { ...(await exportJWK(publicKey)), kid, alg }, token: await sign(privateKey, alg, kid) };
  }

  test('are fetched once, and again when a token names a new one', async () => {
    const { issuer, verify } = await openIssuer();
    const [first, second] = [await newKey('1'), await newKey('2', 'RS256')];
    issuer.keys = [first.jwk];
    for (let n = 0; n < 3; n++) await verify(first.token);
    expect(issuer.asked).toBe(1);
    issuer.keys = [second.jwk];
    await expect(verify(second.token)).rejects.toThrow(/key is unknown/);
    // A stranger's tokens must not make us flood the issuer.
    expect(issuer.asked).toBe(1);
    laterBy(15_000);
    await expect(verify(second.token)).resolves.toMatchObject({ caller: { subject: 'ada' } });
    expect(issuer.asked).toBe(2);
  });

  test('are fetched again after a while, so that one that was withdrawn is no longer accepted', async () => {
    const { issuer, verify } = await openIssuer();
    const [first, second] = [await newKey('1'), await newKey('2')];
    issuer.keys = [first.jwk];
    await verify(first.token);
    issuer.keys = [second.jwk];
    laterBy(11 * 60_000);
    await expect(verify(first.token)).rejects.toThrow(InvalidToken);
  });

  test('that can’t be fetched are our trouble, not the token’s', async () => {
    const { issuer, verify } = await openIssuer();
    const { jwk, token } = await newKey('1');
    issuer.status = 500;
    await expect(verify(token)).rejects.toBeInstanceOf(KeysUnavailable);
    issuer.status = 200;
    issuer.keys = [jwk];
    await expect(verify(token)).resolves.toMatchObject({ caller: { subject: 'ada' } });
  });
});

describe('a request', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi({ auth: TEST_AUTH, parts: { engine: createFakeEngine() } });
  });
  afterAll(() => api.stop());

  const post = (headers: Readonly<Record<string, string>>, { url } = api) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: VIEWER }),
    });

  test('is its token’s subject’s', async () => {
    const response = await post(bearer(await tokenFor('ada', { roles: ['operator'] })));
    expect(await response.json()).toMatchObject({
      data: { viewer: { subject: 'ada', roles: ['operator'] } },
    });
  });

  test('without a token is nobody’s', async () => {
    expect(await (await post({})).json()).toMatchObject({ data: { viewer: null } });
  });

  test.each([
    ['an expired token', async () => `Bearer ${await tokenFor('ada', { expiresIn: -1 })}`],
    ['no token', async () => 'Bearer '],
    ['another scheme', async () => 'Basic YWRhOmFkYQ=='],
    ['nonsense', async () => 'Bearer nonsense'],
  ])('with %s is refused, whatever it asks for', async (_what, authorization) => {
    const response = await post({ authorization: await authorization() });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    expect(await response.json()).toMatchObject({
      errors: [
        {
          message: expect.any(String) as unknown,
          extensions: { code: 'UNAUTHENTICATED', requestId: response.headers.get('x-request-id') },
        },
      ],
    });
  });

  test('is answered with 503 while its issuer is unavailable', async () => {
    const { address } = await nobody();
    const keys = { jwksUrl: `http://${address}/keys` };
    const cut = await startTestApi({
      auth: { ...TEST_AUTH, keys, algorithms: ['RS256'] },
      parts: { engine: createFakeEngine() },
    });
    onTestFinished(() => cut.stop());
    const { privateKey } = await generateKeyPair('RS256');
    const response = await post(bearer(await sign(privateKey, 'RS256', '1')), cut);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'AUTH_UNAVAILABLE' } }] });
  });
});

describe('a socket', () => {
  let api: TestApi;
  beforeAll(async () => {
    const perCaller = { waits: 10, subscriptions: 10, sockets: 3 };
    api = await startTestApi({ auth: TEST_AUTH, perCaller, parts: { engine: createFakeEngine() } });
  });
  afterAll(() => api.stop());

  /** A client as in README: for each connection it asks for a token. */
  function openClient(connectionParams: () => Promise<Record<string, unknown>>) {
    const closes: { code: number; reason: string }[] = [];
    const client = createClient({
      url: api.url.replace('http:', 'ws:'),
      webSocketImpl: WebSocket,
      connectionParams,
      lazy: false,
      retryWait: async () => undefined,
      retryAttempts: 1,
      onNonLazyError: () => undefined,
      on: { closed: (event) => closes.push(event as { code: number; reason: string }) },
    });
    // Rejects while the client reconnects.
    onTestFinished(async () => void (await Promise.resolve(client.dispose()).catch(() => undefined)));
    async function viewer() {
      for await (const { data } of client.iterate({ query: VIEWER })) return data?.['viewer'];
      return undefined;
    }
    return { client, closes, viewer };
  }

  test('has its token in ConnectionInit', async () => {
    const token = await tokenFor('ada');
    for (const name of ['authorization', 'Authorization']) {
      expect(await openClient(async () => ({ [name]: `Bearer ${token}` })).viewer()).toEqual({
        subject: 'ada',
        roles: [],
      });
    }
    expect(await openClient(async () => ({})).viewer()).toBeNull();
  });

  test.each([
    [
      'an expired one',
      { authorization: () => tokenFor('ada', { expiresIn: -1 }).then((token) => `Bearer ${token}`) },
    ],
    ['nonsense', { authorization: async () => 'nonsense' }],
    ['no string', { authorization: async () => 7 }],
  ])('with a token that is not accepted is closed: %s', async (_what, { authorization }) => {
    const { closes } = openClient(async () => ({ authorization: await authorization() }));
    await expect.poll(() => closes.length).toBeGreaterThan(0);
    expect(closes[0]).toMatchObject({
      code: 4403,
      reason: expect.stringMatching(/token|string/i) as unknown,
    });
  });

  test('ends when its token expires, and its client comes again with another one', async () => {
    const tokens: string[] = [];
    const { closes, viewer } = openClient(async () => {
      const token = await tokenFor(`ada-${tokens.length}`, { expiresIn: tokens.length === 0 ? 2 : 600 });
      tokens.push(token);
      return { authorization: `Bearer ${token}` };
    });
    expect(await viewer()).toMatchObject({ subject: 'ada-0' });
    await expect.poll(() => tokens.length).toBe(2);
    expect(closes).toMatchObject([{ code: 4403, reason: 'The token has expired.' }]);
    await expect.poll(viewer).toMatchObject({ subject: 'ada-1' });
  });

  test('is counted for its subject, and no longer for its address', async () => {
    const open = async (subject: string) => {
      const authorization = `Bearer ${await tokenFor(subject)}`;
      return openClient(async () => ({ authorization }));
    };
    // More than one address may open without a token.
    for (const subject of ['ann', 'ben', 'cleo', 'dora']) {
      expect(await (await open(subject)).viewer()).toMatchObject({ subject });
    }
    const ofEva = [await open('eva'), await open('eva'), await open('eva')];
    for (const { viewer } of ofEva) expect(await viewer()).toMatchObject({ subject: 'eva' });
    const { closes, viewer: viewerOfFourth } = await open('eva');
    await expect.poll(() => closes.length).toBeGreaterThan(0);
    expect(closes[0]).toMatchObject({ code: 1013, reason: 'You have too many WebSockets open.' });
    await ofEva[0]?.client.dispose();
    await expect.poll(viewerOfFourth).toMatchObject({ subject: 'eva' });
  });

  test('of a client that sends a second ConnectionInit keeps its first caller', async () => {
    const payload = { authorization: `Bearer ${await tokenFor('ada')}` };
    const socket = new WebSocket(api.url.replace('http:', 'ws:'), 'graphql-transport-ws');
    onTestFinished(() => socket.terminate());
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    socket.on('open', () => {
      for (let n = 0; n < 2; n++) socket.send(JSON.stringify({ type: 'connection_init', payload }));
    });
    expect(await closed).toBe(4429);
  });
});
