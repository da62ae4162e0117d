import type { IncomingMessage, Server } from 'node:http';
import type { RequestHandler } from 'express';
import { sendError } from './http-errors.js';
import type { Refusal } from './raw-answer.js';

/** Names that a browser never resolves through a foreign name server. */
const LOOPBACK_NAME = /^(?:(?:[a-z\d-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const LOOPBACK_ADDRESS = /^(?:::1$|(?:::ffff:)?127\.)/;

/** A name with an optional trailing dot, or an IPv6 address; then an optional port. Nothing that a browser reads differently. */
const HOST = /^(?:([^\s:@/?#\\[\]]+?)\.?|(\[[\da-f:.]+\]))(?::\d{0,5})?$/i;

export interface HostGuardOptions {
  readonly httpServer: Server;
  readonly production: boolean;
  /** The HOST setting, which requests may name as well. */
  readonly host: string;
  readonly publicUrl: string | undefined;
}

export type HostGuard = (request: IncomingMessage) => Refusal | undefined;

/**
 * Guards against DNS rebinding: any web page can have a name of its own site resolve to 127.0.0.1, and then shares an origin
 * with an API on this machine. So if only this machine can connect, only names of this machine are accepted. In production, and
 * where other machines can connect, the API can't know which names are its own.
 */
export function createHostGuard({ httpServer, production, host, publicUrl }: HostGuardOptions): HostGuard {
  const known = [
    host.includes(':') ? `[${host}]` : host,
    ...(publicUrl ? [new URL(publicUrl).hostname] : []),
  ];
  const names = new Set(known.map((name) => name.toLowerCase()));
  const isOurs = (given: string) => {
    const [, name, address] = HOST.exec(given) ?? [];
    const requested = (name ?? address ?? '').toLowerCase();
    return LOOPBACK_NAME.test(requested) || names.has(requested);
  };

  let guards = false;
  httpServer.once('listening', () => {
    const listening = httpServer.address();
    guards = !production && typeof listening === 'object' && LOOPBACK_ADDRESS.test(listening?.address ?? '');
  });
  return (request) => {
    const hosts = request.headersDistinct['host'] ?? [];
    if (hosts.length > 1 || (hosts.length === 0 && request.httpVersion !== '1.0')) {
      return { status: 400, code: 'BAD_REQUEST', message: 'Send exactly one Host header.' };
    }
    // Never X-Forwarded-Host: an attacking page can set it, and its requests come from a trusted address.
    if (!guards || [...(hosts.length ? hosts : ['']), ...hostInTarget(request)].every(isOurs))
      return undefined;
    return {
      status: 421,
      code: 'MISDIRECTED_REQUEST',
      message:
        'Outside production, a server on a loopback address accepts requests only for localhost and the host of PUBLIC_URL. ' +
        'Behind a proxy, set PUBLIC_URL and make the proxy forward the Host header; to serve other machines, set HOST.',
    };
  };
}

/** The host of an absolute request URL, which takes precedence over the header. */
function hostInTarget({ url = '' }: IncomingMessage): string[] {
  const [, authority] = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(url) ?? [];
  return authority === undefined ? [] : [authority];
}

export const onlyOurHosts =
  (guard: HostGuard): RequestHandler =>
  (request, response, next) => {
    const refusal = guard(request);
    if (refusal) sendError(response, refusal.status, refusal.code, refusal.message);
    else next();
  };
