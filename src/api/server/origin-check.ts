import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { all, compile } from 'proxy-addr';

/** The client's address and host, as reported by trusted proxies, or else by the request itself. */
export interface Forwarded {
  clientAddressOf(request: IncomingMessage): string | undefined;
  /** The host that the client requested. */
  hostOf(request: IncomingMessage): string | undefined;
}

/** @param trusted the entries of TRUST_PROXY */
export function createForwarded(trusted: readonly string[]): Forwarded {
  const trusts = compile([...trusted]);
  return {
    clientAddressOf: (request) => all(request, trusts).findLast((address) => isIP(address)),
    hostOf(request) {
      const hops = all(request, trusts).filter(trusts).length;
      const given = request.headers['x-forwarded-host'];
      if (hops === 0 || given === undefined) return request.headers.host;
      // Each trusted proxy sets or appends one host; those further left come from the client.
      const hosts = String(given).split(',');
      return hosts.at(-Math.min(hops, hosts.length))?.trim();
    },
  };
}

export interface OriginCheckOptions {
  readonly corsOrigins: readonly string[];
  readonly publicUrl: string | undefined;
  readonly forwarded: Pick<Forwarded, 'hostOf'>;
}

export type OriginCheck = (request: IncomingMessage) => boolean;

/** Applies CORS to WebSockets, for which browsers don't enforce it. Clients other than browsers send no origin. */
export function createOriginCheck({ corsOrigins, publicUrl, forwarded }: OriginCheckOptions): OriginCheck {
  const own = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  return (request) => {
    const { origin } = request.headers;
    if (origin === undefined || corsOrigins.includes(origin)) return true;
    return own === undefined ? isOfHost(origin, forwarded.hostOf(request)) : origin === own;
  };
}

/** Ignores the scheme, because TLS may end at a proxy. The scheme's default port may be given or omitted. */
function isOfHost(origin: string, host = ''): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: ofOrigin } = new URL(origin);
  const address = `${protocol}//${host}`;
  return URL.canParse(address) && new URL(address).host === ofOrigin;
}
