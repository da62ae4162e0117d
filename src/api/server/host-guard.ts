import type { IncomingMessage, Server } from 'node:http';
import type { RequestHandler } from 'express';
import { sendError } from './http-errors.js';
import type { Refusal } from './raw-answer.js';

/** Names that a browser never asks a name server of somebody else for. */
const LOOPBACK_NAME = /^(?:(?:[a-z\d-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const LOOPBACK_ADDRESS = /^(?:::1$|(?:::ffff:)?127\.)/;

/** A name with the dot that its end may have, or an IPv6 address; then a port. Nothing that a browser would read otherwise. */
const HOST = /^(?:([^\s:@/?#\\[\]]+?)\.?|(\[[\da-f:.]+\]))(?::\d{0,5})?$/i;

export interface HostGuardOptions {
  readonly httpServer: Server;
  readonly production: boolean;
  /** The setting HOST: whoever may listen under it may be asked for it. */
  readonly host: string;
  readonly publicUrl: string | undefined;
}

export type HostGuard = (request: IncomingMessage) => Refusal | undefined;

/**
 * Any page in a browser on this machine can have a name of its own site resolved to 127.0.0.1, and would then be of the same origin
 * as an API there. So where only this machine can connect, only names of this machine are answered. In production, and where
 * others can connect, there is no telling which names are ours.
 */
export function createHostGuard({ httpServer, production, host, publicUrl }: HostGuardOptions): HostGuard {
  const known = [
    host.includes(':') ? `[${host}]` : host,
    ...(publicUrl ? [new URL(publicUrl).hostname] : []),
  ];
  const names = new Set(known.map((name) => name.toLowerCase()));
  const isOurs = (given: string) => {
    const [, name, address] = HOST.exec(given) ?? [];
    const asked = (name ?? address ?? '').toLowerCase();
    return LOOPBACK_NAME.test(asked) || names.has(asked);
  };

  let guards = false;
  httpServer.once('listening', () => {
    const listening = httpServer.address();
    guards = !production && typeof listening === 'object' && LOOPBACK_ADDRESS.test(listening?.address ?? '');
  });
  return (request) => {
    const hosts = request.headersDistinct['host'] ?? [];
    if (hosts.length > 1 || (hosts.length === 0 && request.httpVersion !== '1.0')) {
      return { status: 400, code: 'BAD_REQUEST', message: 'Send one Host header.' };
    }
    // Never X-Forwarded-Host: a page that has come so far can set it, and comes from a trusted address.
    if (!guards || [...(hosts.length ? hosts : ['']), ...hostInTarget(request)].every(isOurs))
      return undefined;
    return {
      status: 421,
      code: 'MISDIRECTED_REQUEST',
      message:
        'Outside production, a server that listens on a loopback address answers for localhost and the host of PUBLIC_URL only. ' +
        'Behind a proxy, set PUBLIC_URL and let the proxy pass the Host header on; to serve other machines, set HOST.',
    };
  };
}

/** Who sends a whole address names a host in it, which counts more than the header. */
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
