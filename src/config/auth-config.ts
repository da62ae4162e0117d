import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import {
  commaSeparated,
  InvalidConfiguration,
  plainUrl,
  readSettings,
  setting,
  wholeNumber,
} from './settings.js';

/** The shortest secret that RFC 7518 (section 3.2) allows for HS256, in characters. */
const MIN_SECRET_LENGTH = 32;

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};
const ASYMMETRIC = [...RSA, ...Object.values(CURVES), 'EdDSA'];
const SYMMETRIC = ['HS256', 'HS384', 'HS512'];

type Key = { readonly secret: Uint8Array } | { readonly publicKey: KeyObject };

const key = z.string().transform((text, context): Key => {
  if (!text.startsWith('-----BEGIN')) {
    if (text.length >= MIN_SECRET_LENGTH) return { secret: new TextEncoder().encode(text) };
    context.addIssue(
      `must be a public key in PEM format, or a secret of at least ${MIN_SECRET_LENGTH} characters`,
    );
    return z.NEVER;
  }
  if (text.includes('PRIVATE KEY')) {
    context.addIssue('must be the public key; whoever has the private key can issue tokens');
    return z.NEVER;
  }
  try {
    // Most tools that set environment variables can't set line breaks.
    const publicKey = createPublicKey(text.replaceAll('\\n', '\n'));
    if (algorithmsFor({ publicKey }).length > 0) return { publicKey };
    context.addIssue('must be an RSA, Ed25519, P-256, P-384 or P-521 key');
    return z.NEVER;
  } catch {
    context.addIssue('must be a public key in PEM format');
    return z.NEVER;
  }
});

const algorithms = commaSeparated.refine(
  (names) => names.length > 0 && names.every((name) => [...ASYMMETRIC, ...SYMMETRIC].includes(name)),
  `must list some of ${[...ASYMMETRIC, ...SYMMETRIC].join(', ')}`,
);

export const AUTH_SETTINGS = {
  /** `none`: every caller may do everything. */
  auth: setting('AUTH', z.literal('none', { error: 'must be none, or absent' }).optional()),
  /** The `iss` of accepted tokens. */
  issuer: setting('AUTH_ISSUER', z.string().optional()),
  /** The `aud` of accepted tokens. */
  audience: setting('AUTH_AUDIENCE', z.string().optional()),
  /** Where the issuer publishes its keys. */
  jwksUrl: setting('AUTH_JWKS_URL', plainUrl.optional()),
  /** The issuer's only key, instead of a JWKS. */
  key: setting('AUTH_KEY', key.optional()),
  /** Signature algorithms of accepted tokens; by default those of the kind of key. */
  algorithms: setting('AUTH_ALGORITHMS', algorithms.optional()),
  /** By how much the issuer's clock may differ from ours. */
  clockSkewSeconds: setting('AUTH_CLOCK_SKEW_SECONDS', wholeNumber(0, 300), '30'),
  /** The claim with the caller's roles: its name, or a path such as `realm_access.roles`. */
  rolesClaim: setting('AUTH_ROLES_CLAIM', z.string(), 'roles'),
  /** The page's client id at the issuer. With it, travellers sign in on the page with OpenID Connect. */
  clientId: setting('AUTH_CLIENT_ID', z.string().optional()),
  /** The scopes that the page asks for, separated by spaces. */
  scope: setting('AUTH_SCOPE', z.string(), 'openid'),
};

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/;

/**
 * Reads how callers are identified. Without any such setting everyone may do everything, but only on a loopback address
 * outside production; elsewhere that has to be said with AUTH=none.
 * @throws InvalidConfiguration
 */
export function authConfig(env: NodeJS.ProcessEnv, host: string) {
  const { auth, ...given } = readSettings(AUTH_SETTINGS, env);
  const { issuer, audience, jwksUrl, key, clientId, scope, clockSkewSeconds, rolesClaim } = given;
  const named = Object.entries({ issuer, audience, jwksUrl, key, clientId, algorithms: given.algorithms })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => AUTH_SETTINGS[name as keyof typeof AUTH_SETTINGS].variable);
  if (auth === 'none') {
    if (named.length === 0) return undefined;
    throw new InvalidConfiguration([`AUTH: none contradicts ${named.join(', ')}`]);
  }
  if (named.length === 0) {
    if (env['NODE_ENV'] !== 'production' && LOOPBACK.test(host)) return undefined;
    throw new InvalidConfiguration([
      `AUTH: everyone who reaches this server could do everything. Set AUTH_ISSUER, AUTH_AUDIENCE and AUTH_JWKS_URL or AUTH_KEY; or set AUTH=none if that is intended`,
    ]);
  }
  const problems: string[] = [];
  if (issuer === undefined) problems.push('AUTH_ISSUER: is missing: set it to the iss of your tokens');
  if (audience === undefined) problems.push('AUTH_AUDIENCE: is missing: set it to the aud of your tokens');
  if ((jwksUrl === undefined) === (key === undefined))
    problems.push('AUTH_JWKS_URL: set either this or AUTH_KEY');
  const possible = algorithmsFor(key);
  const algorithms = given.algorithms ?? possible;
  // A server that accepts both kinds can be made to use a public key as a secret.
  if (!algorithms.every((name) => possible.includes(name))) {
    problems.push(`AUTH_ALGORITHMS: must list some of ${possible.join(', ')} for this kind of key`);
  }
  if (clientId !== undefined && !(URL.canParse(issuer ?? '') && /^https?:/.test(issuer ?? ''))) {
    problems.push('AUTH_ISSUER: must be an http or https URL if AUTH_CLIENT_ID is set');
  }
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  return {
    issuer: issuer ?? '',
    audience: audience ?? '',
    keys: key ?? { jwksUrl: jwksUrl ?? '' },
    algorithms,
    clockSkewSeconds,
    rolesClaim,
    clientId,
    scope,
  };
}

/** For `npm run token`. @throws InvalidConfiguration */
export function loadAuthConfig() {
  return authConfig(process.env, 'localhost');
}

function algorithmsFor(key: Key | undefined): readonly string[] {
  if (!key) return ASYMMETRIC;
  if ('secret' in key) return SYMMETRIC;
  const { asymmetricKeyType, asymmetricKeyDetails } = key.publicKey;
  if (asymmetricKeyType === 'rsa') return RSA;
  if (asymmetricKeyType === 'ed25519') return ['EdDSA'];
  return [CURVES[asymmetricKeyDetails?.namedCurve ?? ''] ?? []].flat();
}
