import type { IncomingMessage, Server } from 'node:http';

/** The path of PUBLIC_URL: `/shop`, or nothing. */
export const basePathOf = (publicUrl: string | undefined): string =>
  publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/$/, '');

/** Takes the base path off every address that is asked for, before anybody looks at it; a proxy may have done so, or not. */
export function takeBasePathOff(httpServer: Server, basePath: string): void {
  if (basePath === '') return;
  const takeOff = (request: IncomingMessage) => {
    // Some proxies send the whole address.
    const [, origin = '', path = ''] = /^(https?:\/\/[^/?#]+)?(.*)/i.exec(request.url ?? '') ?? [];
    const rest = path.slice(basePath.length);
    if (!path.startsWith(basePath) || !/^(?:[/?#]|$)/.test(rest)) return;
    request.url = `${origin}${rest.startsWith('/') ? '' : '/'}${rest}`;
  };
  httpServer.prependListener('request', takeOff);
  httpServer.prependListener('upgrade', takeOff);
}
