import type { IncomingMessage, Server } from 'node:http';

/** The path of PUBLIC_URL, such as `/shop`, or an empty string. */
export const basePathOf = (publicUrl: string | undefined): string =>
  publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/$/, '');

/** Strips the base path from every request URL before any handler runs. The proxy may have stripped it already. */
export function takeBasePathOff(httpServer: Server, basePath: string): void {
  if (basePath === '') return;
  const takeOff = (request: IncomingMessage) => {
    // Some proxies send the absolute URL.
    const [, origin = '', path = ''] = /^(https?:\/\/[^/?#]+)?(.*)/i.exec(request.url ?? '') ?? [];
    const rest = path.slice(basePath.length);
    if (!path.startsWith(basePath) || !/^(?:[/?#]|$)/.test(rest)) return;
    request.url = `${origin}${rest.startsWith('/') ? '' : '/'}${rest}`;
  };
  httpServer.prependListener('request', takeOff);
  httpServer.prependListener('upgrade', takeOff);
}
