import { SignJWT } from 'jose';
import type { ApiConfig } from '../../src/config/api-config.js';

export const TEST_SECRET = 'a secret that only the tests know, long enough';
const secret = new TextEncoder().encode(TEST_SECRET);

/** An API's configuration that accepts the tests' tokens. */
export const TEST_AUTH: NonNullable<ApiConfig['auth']> = {
  issuer: 'https://issuer.test',
  audience: 'tripsaga',
  keys: { secret },
  algorithms: ['HS256'],
  clockSkewSeconds: 0,
  rolesClaim: 'roles',
  clientId: undefined,
  scope: 'openid',
};

export interface TokenChoice {
  readonly roles?: unknown;
  readonly expiresIn?: number;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** A token that `TEST_AUTH` accepts, unless a test chooses otherwise. @param choice.expiresIn in seconds from now */
export function tokenFor(
  subject: string,
  { roles, expiresIn = 600, claims }: TokenChoice = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const { issuer, audience } = TEST_AUTH;
  return new SignJWT({
    iss: issuer,
    aud: audience,
    sub: subject,
    iat: now,
    exp: now + expiresIn,
    roles,
    ...claims,
  })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(secret);
}

/** The headers of a request with a token. */
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
