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
