import { randomInt } from 'node:crypto';
import getPort from 'get-port';

/**
 * A port of this machine that nothing listens on. It lies below the range from which systems take the ports of outgoing
 * connections (32768 and up on Linux), so none of those can take it before a server does.
 */
export function freePort(): Promise<number> {
  return getPort({ port: Array.from({ length: 20 }, () => randomInt(10_000, 32_000)) });
}
