/** The package has no types of its own. */
declare module 'proxy-addr' {
  import type { IncomingMessage } from 'node:http';

  export type Trusts = (address: string, hop: number) => boolean;

  /** @throws TypeError for anything but an address, a subnet, or one of the words for them */
  export function compile(trusted: string | string[]): Trusts;

  /** The peer's address, then X-Forwarded-For's from right to left, up to the first one that isn't trusted. */
  export function all(request: IncomingMessage, trusts: Trusts): string[];
}
