import type { KeyObject } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { ANONYMOUS, FORGOTTEN, type Caller } from '../../model/order.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';

/** Which tokens are accepted. */
export interface TokenRules {
  /** The `iss` claim. */
  readonly issuer: string;
  /** The `aud` claim. */
  readonly audience: string;
  readonly keys:
    { readonly secret: Uint8Array } | { readonly publicKey: KeyObject } | { readonly jwksUrl: string };
  readonly algorithms: readonly string[];
  /** By how much the issuer's clock may differ from ours. */
  readonly clockSkewSeconds: number;
  /** The claim with the caller's roles: its name, or a path such as `realm_access.roles`. */
  readonly rolesClaim: string;
}

/** A caller whose token was accepted. */
export interface Identity {
  readonly caller: Caller;
  /** Milliseconds since 1970. From then on the token is no longer accepted. */
  readonly expiresAt: number;
}

/** Verifies a bearer token. @throws InvalidToken, KeysUnavailable */
export type VerifyToken = (token: string) => Promise<Identity>;

/** The token is not accepted. The message is for the client, and doesn't contain the token. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken';
  readonly code = 'UNAUTHENTICATED';
}

/** The issuer's keys can't be fetched. */
export class KeysUnavailable extends ServiceUnavailable {
  override readonly name = 'KeysUnavailable';
  readonly code = 'AUTH_UNAVAILABLE';
  constructor(options: ErrorOptions) {
    super(
      "The token can't be checked because its issuer is unavailable. Try again in a few seconds.",
      options,
    );
  }
}

/** Keys that were withdrawn are no longer accepted after this time. New ones are fetched when a token first names them. */
const KEYS_MAX_AGE_MS = 600_000;
/** Tokens that name unknown keys cause at most one request to the issuer in this time. */
const KEYS_COOLDOWN_MS = 10_000;
const KEYS_TIMEOUT_MS = 3000;
const MAX_SUBJECT_LENGTH = 255;

export function createTokenVerifier(rules: TokenRules): VerifyToken {
  const { issuer, audience, algorithms, clockSkewSeconds, rolesClaim } = rules;
  const getKey = keyGetter(rules.keys);
  const options = {
    issuer,
    audience,
    algorithms: [...algorithms],
    clockTolerance: clockSkewSeconds,
    requiredClaims: ['sub', 'exp'],
  };
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, getKey, options);
      return {
        caller: { subject: subjectOf(payload), roles: rolesOf(payload, rolesClaim) },
        expiresAt: (payload.exp! + clockSkewSeconds) * 1000,
      };
    } catch (error) {
      throw error instanceof errors.JOSEError ? refusal(error) : error;
    }
  };
}

function keyGetter(keys: TokenRules['keys']): JWTVerifyGetKey {
  if ('secret' in keys) return () => keys.secret;
  if ('publicKey' in keys) return () => keys.publicKey;
  const getRemoteKey = createRemoteJWKSet(new URL(keys.jwksUrl), {
    cacheMaxAge: KEYS_MAX_AGE_MS,
    cooldownDuration: KEYS_COOLDOWN_MS,
    timeoutDuration: KEYS_TIMEOUT_MS,
  });
  return async (header, token) => {
    try {
      return await getRemoteKey(header, token);
    } catch (error) {
      const isTokensFault =
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported;
      throw isTokensFault ? error : new KeysUnavailable({ cause: error });
    }
  };
}

function subjectOf({ sub = '' }: JWTPayload): string {
  if (
    typeof sub !== 'string' ||
    sub === '' ||
    sub.length > MAX_SUBJECT_LENGTH ||
    /[\p{Cc}\p{Cs}]/u.test(sub)
  ) {
    throw new InvalidToken(`The token's subject must have 1 to ${MAX_SUBJECT_LENGTH} characters.`);
  }
  // It would own the bookings that were made before authentication was configured, or whose travellers were forgotten.
  if ([ANONYMOUS.subject, FORGOTTEN].includes(sub)) {
    throw new InvalidToken(`The token's subject must not be ${sub}.`);
  }
  return sub;
}

/** A list, or one string with spaces as in OAuth's scopes. Anything else means no roles. */
function rolesOf(payload: JWTPayload, claim: string): readonly string[] {
  const value = payload[claim] ?? claim.split('.').reduce<unknown>(inside, payload);
  if (typeof value === 'string') return value.split(' ').filter(Boolean);
  return Array.isArray(value) ? value.filter((role) => typeof role === 'string') : [];
}

const inside = (value: unknown, name: string) =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

function refusal(error: errors.JOSEError): InvalidToken {
  return new InvalidToken(`The token is not accepted: ${reasonOf(error)}.`, { cause: error });
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim ${error.claim} is missing or wrong`;
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not allowed';
  if (error instanceof errors.JWKSNoMatchingKey) return 'its key is unknown';
  return 'it is not a valid JWT';
}
