import type { IncomingMessage } from 'node:http';
import type { Forwarded } from './forwarded.js';

export interface OriginCheckOptions {
  readonly corsOrigins: readonly string[];
  readonly publicUrl: string | undefined;
  readonly forwarded: Pick<Forwarded, 'hostOf'>;
}

export type OriginCheck = (request: IncomingMessage) => boolean;

/** The same pages as may call over HTTP, where the browser asks first; before a WebSocket it doesn't. Programs name no origin. */
export function createOriginCheck({ corsOrigins, publicUrl, forwarded }: OriginCheckOptions): OriginCheck {
  const own = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  return (request) => {
    const { origin } = request.headers;
    if (origin === undefined || corsOrigins.includes(origin)) return true;
    return own === undefined ? isOfHost(origin, forwarded.hostOf(request)) : origin === own;
  };
}

/** Whatever the scheme: TLS may end at a proxy. A port that the scheme implies may be named. */
function isOfHost(origin: string, host = ''): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: ofOrigin } = new URL(origin);
  const address = `${protocol}//${host}`;
  return URL.canParse(address) && new URL(address).host === ofOrigin;
}
