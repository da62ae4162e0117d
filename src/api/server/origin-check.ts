import type { IncomingMessage } from 'node:http';
import type { Forwarded } from './forwarded.js';

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
