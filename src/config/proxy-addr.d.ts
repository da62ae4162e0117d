/** The package has no types. */
declare module 'proxy-addr' {
  import type { IncomingMessage } from 'node:http';

  export type Trusts = (address: string, hop: number) => boolean;

  /** @throws TypeError if an entry is not an address, a subnet or the name of a range */
  export function compile(trusted: string | string[]): Trusts;

  /** The peer's address, then those of X-Forwarded-For from right to left, up to and including the first untrusted one. */
  export function all(request: IncomingMessage, trusts: Trusts): string[];
}
