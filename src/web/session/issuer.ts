import { ErrorResponse, type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { OidcClient } from '../../model/sign-in.js';
import type { TokenSource } from './token-source.js';

/** Tokens are renewed this many seconds before they expire, so that none expires on its way. */
const RENEW_BEFORE_S = 5;

export interface Issuer extends TokenSource {
  /** Leaves the page for the issuer's, which sends the visitor back. @throws Error whose message can be shown */
  signIn(returnTo: string): Promise<never>;
  /** Completes the sign-in if the issuer has sent the visitor here. @returns where the sign-in began, and why it failed if it did */
  complete(): Promise<{ readonly returnTo: string; readonly problem?: string } | undefined>;
}

/** Signs visitors in with OpenID Connect: the code flow with PKCE. @param page where the issuer sends them back */
export function createIssuer({ issuer, clientId, audience, scope }: OidcClient, page: string): Issuer {
  const store = new WebStorageStateStore({ store: sessionStorage });
  const manager = new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: page,
    post_logout_redirect_uri: page,
    scope,
    // Some issuers know for whom a token is meant by `resource` (RFC 8707), which must be a URL, others by `audience`.
    ...(/^https?:/.test(audience) && { resource: audience }),
    extraQueryParams: { audience },
    userStore: store,
    stateStore: store,
    // That would use an iframe, which the page's policy doesn't allow, if there is no refresh token.
    automaticSilentRenew: false,
  });
  let refusedToken: string | undefined;
  let renewing: Promise<string | undefined> | undefined;

  const isUsable = ({ access_token, expires_in = Infinity }: User, seconds: number) =>
    access_token !== refusedToken && expires_in > seconds;

  async function renew(user: User): Promise<string | undefined> {
    try {
      if (!user.refresh_token) throw new Error('There is no refresh token.');
      return (await manager.signinSilent())?.access_token;
    } catch (error) {
      if (isUsable(user, 0)) return user.access_token;
      if (user.refresh_token && !(error instanceof ErrorResponse)) throw new IssuerUnreachable();
      await manager.removeUser();
      return undefined;
    }
  }

  return {
    async current() {
      const user = await manager.getUser();
      if (!user) return undefined;
      if (isUsable(user, RENEW_BEFORE_S)) return user.access_token;
      // One at a time: a refresh token can be used once.
      renewing ??= renew(user).finally(() => (renewing = undefined));
      return renewing;
    },
    refused(token) {
      refusedToken = token;
    },
    async signIn(returnTo) {
      await manager.signinRedirect({ state: returnTo }).catch((error: unknown) => {
        throw error instanceof TypeError ? new IssuerUnreachable() : error;
      });
      // The page is being left.
      return new Promise<never>(() => undefined);
    },
    async complete() {
      const parameters = new URLSearchParams(location.search);
      if (!parameters.has('state') || !(parameters.has('code') || parameters.has('error'))) return undefined;
      try {
        return { returnTo: returnToOf(await manager.signinRedirectCallback()) };
      } catch (error) {
        // An address that was opened again, although the sign-in was completed.
        if (await manager.getUser()) return { returnTo: '/' };
        const problem = `The sign-in failed: ${error instanceof Error ? error.message : String(error)}.`;
        return { returnTo: error instanceof ErrorResponse ? returnToOf(error) : '/', problem };
      }
    },
    async signOut() {
      // It would store new tokens.
      await renewing?.catch(() => undefined);
      // Not every issuer lets a page end its session; then only the page's own ends.
      await manager.signoutRedirect().catch(() => manager.removeUser());
    },
  };
}

const returnToOf = ({ state }: { readonly state?: unknown }) => (typeof state === 'string' ? state : '/');

class IssuerUnreachable extends Error {
  override readonly name = 'IssuerUnreachable';
  constructor() {
    super('The sign-in service is unreachable.');
  }
}
