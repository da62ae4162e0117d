import { randomInt } from 'node:crypto';
import getPort from 'get-port';

const PER_FORK = 2500;
/** Vitest numbers the forks that run at the same time from 1; there are at most seven. Zero is for all other programs. */
const FIRST = 10_000 + (Number(process.env['VITEST_POOL_ID'] ?? 0) % 8) * PER_FORK;

/**
 * A port of this machine that nothing listens on. It lies below the range from which systems take the ports of outgoing
 * connections (32768 and up on Linux), so none of those can take it before a server does, and neither can a test in another
 * fork, because each fork has its own range.
 */
export function freePort(): Promise<number> {
  return getPort({ port: Array.from({ length: 20 }, () => randomInt(FIRST, FIRST + PER_FORK)) });
}
