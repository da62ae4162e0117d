/** The package brings no types. */
declare module 'proxy-addr' {
  import type { IncomingMessage } from 'node:http';

  export type Trusts = (address: string, hop: number) => boolean;

  /** @throws TypeError for what is no address, subnet or word for some */
  export function compile(trusted: string | string[]): Trusts;

  /** The peer's address, then those of X-Forwarded-For from right to left, up to the first that isn't trusted. */
  export function all(request: IncomingMessage, trusts: Trusts): string[];
}
