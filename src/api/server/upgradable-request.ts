import { IncomingMessage } from 'node:http';

/**
 * Node takes a request out of HTTP for any `Upgrade` that somebody listens to. `curl --http2` and Java's HttpClient offer h2c with
 * every first request, and a server that doesn't speak it answers as if nothing had been offered (RFC 9110, 7.8). Node asks this
 * property, from 24 on also `shouldUpgradeCallback`.
 */
export class UpgradableToWebSocket extends IncomingMessage {
  // Only declared: the constructor of IncomingMessage sets it through `upgrade`, before fields would be.
  declare private offered: unknown;

  get upgrade(): boolean {
    if (!this.offered) return false;
    const toWebSocket = this.method === 'GET' && this.headers.upgrade?.toLowerCase() === 'websocket';
    return toWebSocket || this.method === 'CONNECT';
  }

  set upgrade(offered: unknown) {
    this.offered = offered;
  }
}
