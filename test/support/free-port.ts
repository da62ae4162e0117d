import { randomInt } from 'node:crypto';
import getPort from 'get-port';

const FIRST = 10_000;
const PER_FORK = 2500;
/** Test files run in up to eight forks at a time. */
const FORK = Number(process.env['VITEST_POOL_ID'] ?? 0) % 8;

/**
 * A port of this machine that nothing listens on. It lies below the range from which systems take the ports of outgoing
 * connections (32768 and up on Linux), so none of those can take it before a server does, and neither can a test in another
 * fork, because each fork has its own range.
 */
export function freePort(): Promise<number> {
  const first = FIRST + FORK * PER_FORK;
  return getPort({ port: Array.from({ length: 20 }, () => randomInt(first, first + PER_FORK)) });
}
