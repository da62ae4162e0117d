import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider, type Configuration } from 'oidc-provider';

export interface OpenIdProvider {
  readonly issuer: string;
  /** How long new access tokens are valid. */
  tokenSeconds: number;
  /** Whether it issues refresh tokens. */
  refreshes: boolean;
  /** Whom new access tokens are for, instead of whom the page asks for. */
  audience: string | undefined;
  stop(): Promise<void>;
}

export interface OpenIdProviderOptions {
  readonly port: number;
  readonly clientId: string;
  /** Where it sends visitors back. */
  readonly page: string;
  readonly operators: readonly string[];
}

/** A certified OpenID provider with one public client, and a login form that believes every name. */
export async function startOpenIdProvider(options: OpenIdProviderOptions): Promise<OpenIdProvider> {
  const { port, clientId, page, operators } = options;
  const issuer = `http://127.0.0.1:${port}`;
  const given: Omit<OpenIdProvider, 'issuer' | 'stop'> = {
    tokenSeconds: 600,
    refreshes: true,
    audience: undefined,
  };
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'test' };

  const configuration: Configuration = {
    clients: [
      {
        client_id: clientId,
        redirect_uris: [page],
        post_logout_redirect_uris: [page],
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ['a secret of the tests'] },
    ttl: {
      AccessToken: () => given.tokenSeconds,
      Grant: 3600,
      IdToken: 600,
      Interaction: 600,
      RefreshToken: 3600,
      Session: 3600,
    },
    pkce: { required: () => true },
    clientBasedCORS: (_context, origin) => origin === new URL(page).origin,
    findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    issueRefreshToken: () => given.refreshes,
    extraTokenClaims: (_context, token) => ({
      roles: 'accountId' in token && operators.includes(token.accountId) ? ['operator'] : [],
    }),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    // Every visitor has consented.
    async loadExistingGrant({ oidc }) {
      const { Grant } = provider;
      const grant = new Grant({ clientId, accountId: oidc.session?.accountId ?? '' });
      grant.addOIDCScope('openid offline_access');
      for (const resource of [oidc.params?.['resource']].flat()) grant.addResourceScope(String(resource), '');
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => ({
          scope: '',
          audience: given.audience ?? resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
      rpInitiatedLogout: {
        logoutSource(context, form) {
          context.body = `${form}<button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>`;
        },
      },
    },
  };
  const provider = new Provider(issuer, configuration);
  const ownPages = provider.callback();
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/interaction/')) void interact(provider, request, response);
    // Browsers ask for an icon, and would log that there is none.
    else if (request.url === '/favicon.ico') response.writeHead(204).end();
    else void ownPages(request, response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(given, {
    issuer,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  });
}

const LOGIN = `<!doctype html><title>Provider</title><form method="post">
  <label>Name <input name="name"></label> <button>Log in</button> <button name="cancel" value="1">Cancel</button>
</form>`;

async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse) {
  if (request.method !== 'POST') return void response.setHeader('content-type', 'text/html').end(LOGIN);
  const form = new URLSearchParams(await text(request));
  await provider.interactionFinished(
    request,
    response,
    form.has('cancel')
      ? { error: 'access_denied', error_description: 'The visitor changed their mind' }
      : { login: { accountId: form.get('name') ?? '' } },
  );
}
