import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { authConfig } from '../../src/config/auth-config.js';
import { InvalidConfiguration } from '../../src/config/settings.js';

const SECRET = 'a secret of more than thirty-two characters';
const BASE = { AUTH_ISSUER: 'https://issuer.test', AUTH_AUDIENCE: 'tripsaga' };

const pem = (key: { export(options: { type: 'spki'; format: 'pem' }): string | Buffer }) =>
  String(key.export({ type: 'spki', format: 'pem' }));
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');

function problems(env: NodeJS.ProcessEnv, host = '127.0.0.1'): readonly string[] {
  try {
    authConfig(env, host);
    return [];
  } catch (error) {
    if (error instanceof InvalidConfiguration) return error.problems;
    throw error;
  }
}

describe('without authentication', () => {
  test.each(['127.0.0.1', 'localhost', '::1', '127.1.2.3'])(
    'the API serves %s outside production',
    (host) => {
      expect(authConfig({}, host)).toBeUndefined();
    },
  );

  test.each([
    ['other machines', {}, '0.0.0.0'],
    ['other machines', {}, '::'],
    ['other machines', {}, '127.0.0.1.example.org'],
    ['production', { NODE_ENV: 'production' }, '127.0.0.1'],
  ])('the API doesn’t start for %s, unless that is said outright', (_whom, env, host) => {
    expect(problems(env, host)).toEqual([expect.stringMatching(/^AUTH: .*AUTH_ISSUER.*AUTH=none/)]);
    expect(authConfig({ ...env, AUTH: 'none' }, host)).toBeUndefined();
  });

  test('nothing else may be configured', () => {
    expect(problems({ AUTH: 'none', ...BASE })).toEqual([
      'AUTH: none contradicts AUTH_ISSUER, AUTH_AUDIENCE',
    ]);
  });
});

describe('authentication', () => {
  test.each([
    ['a JWKS', { AUTH_JWKS_URL: 'https://issuer.test/keys' }, ['RS256', 'ES256', 'EdDSA']],
    ['a secret', { AUTH_KEY: SECRET }, ['HS256']],
    ['an RSA key', { AUTH_KEY: pem(rsa.publicKey) }, ['RS256', 'PS256']],
    ['an elliptic-curve key', { AUTH_KEY: pem(ec.publicKey) }, ['ES256']],
    ['an Ed25519 key', { AUTH_KEY: pem(ed.publicKey) }, ['EdDSA']],
    ['a key in one line', { AUTH_KEY: pem(ec.publicKey).replaceAll('\n', '\\n') }, ['ES256']],
  ])('by %s accepts its algorithms', (_what, env, algorithms) => {
    const config = authConfig({ ...BASE, ...env }, '0.0.0.0');
    expect(config?.algorithms).toEqual(expect.arrayContaining(algorithms));
    expect(config).toMatchObject({ clockSkewSeconds: 30, rolesClaim: 'roles' });
  });

  test('by a public key never accepts algorithms that take it for a secret, nor the other way round', () => {
    for (const key of [pem(rsa.publicKey), pem(ed.publicKey)]) {
      expect(problems({ ...BASE, AUTH_KEY: key, AUTH_ALGORITHMS: 'HS256' })).toEqual([
        expect.stringContaining('AUTH_ALGORITHMS'),
      ]);
    }
    const jwks = { ...BASE, AUTH_JWKS_URL: 'https://issuer.test/keys' };
    expect(problems({ ...jwks, AUTH_ALGORITHMS: 'RS256,HS256' })).toHaveLength(1);
    expect(problems({ ...BASE, AUTH_KEY: SECRET, AUTH_ALGORITHMS: 'RS256' })).toHaveLength(1);
    expect(problems({ ...BASE, AUTH_KEY: pem(ec.publicKey), AUTH_ALGORITHMS: 'RS256' })).toHaveLength(1);
  });

  test.each([
    ['an issuer', { AUTH_AUDIENCE: 'a', AUTH_KEY: SECRET }, /^AUTH_ISSUER/],
    ['an audience', { AUTH_ISSUER: 'i', AUTH_KEY: SECRET }, /^AUTH_AUDIENCE/],
    ['a key', BASE, /^AUTH_JWKS_URL/],
    [
      'only one kind of key',
      { ...BASE, AUTH_KEY: SECRET, AUTH_JWKS_URL: 'https://i.test' },
      /^AUTH_JWKS_URL/,
    ],
    ['a long secret', { ...BASE, AUTH_KEY: 'short' }, /^AUTH_KEY.*32/],
    ['the public key', { ...BASE, AUTH_KEY: pkcs8(ec.privateKey) }, /^AUTH_KEY.*public/],
    [
      'a readable key',
      { ...BASE, AUTH_KEY: '-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----' },
      /^AUTH_KEY/,
    ],
    ['known algorithms', { ...BASE, AUTH_KEY: SECRET, AUTH_ALGORITHMS: 'none' }, /^AUTH_ALGORITHMS/],
    ['some algorithm', { ...BASE, AUTH_KEY: SECRET, AUTH_ALGORITHMS: ',' }, /^AUTH_ALGORITHMS/],
    [
      'a small skew',
      { ...BASE, AUTH_KEY: SECRET, AUTH_CLOCK_SKEW_SECONDS: '3600' },
      /^AUTH_CLOCK_SKEW_SECONDS/,
    ],
    [
      'an issuer’s address for the page',
      { ...BASE, AUTH_ISSUER: 'urn:us', AUTH_KEY: SECRET, AUTH_CLIENT_ID: 'page' },
      /^AUTH_ISSUER/,
    ],
  ])('needs %s', (_what, env, problem) => {
    expect(problems(env)).toEqual([expect.stringMatching(problem)]);
  });

  test('names everything that is missing at once', () => {
    expect(problems({ AUTH_CLIENT_ID: 'page' }).map((line) => line.split(':')[0])).toEqual([
      'AUTH_ISSUER',
      'AUTH_AUDIENCE',
      'AUTH_JWKS_URL',
      'AUTH_ISSUER',
    ]);
  });
});

function pkcs8(key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}
