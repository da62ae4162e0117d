import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { all, compile } from 'proxy-addr';

/** What the proxies that are trusted say of a request, or, without any, the request itself. */
export interface Forwarded {
  clientAddressOf(request: IncomingMessage): string | undefined;
  /** The host that the client asked for. */
  hostOf(request: IncomingMessage): string | undefined;
}

/** @param trusted as TRUST_PROXY names them */
export function createForwarded(trusted: readonly string[]): Forwarded {
  const trusts = compile([...trusted]);
  return {
    clientAddressOf: (request) => all(request, trusts).findLast((address) => isIP(address)),
    hostOf(request) {
      const hops = all(request, trusts).filter(trusts).length;
      const given = request.headers['x-forwarded-host'];
      if (hops === 0 || given === undefined) return request.headers.host;
      // Each trusted proxy sets or adds one; those further left are whatever the client sent.
      const hosts = String(given).split(',');
      return hosts.at(-Math.min(hops, hosts.length))?.trim();
    },
  };
}
