import { IncomingMessage } from 'node:http';

/**
 * If a server has an `upgrade` listener, Node hands it every request with an `Upgrade` header, whatever the protocol. But
 * `curl --http2` and Java's HttpClient offer h2c with their first request, and a server that doesn't support h2c must ignore the
 * offer (RFC 9110, 7.8). Node reads this property; from version 24 also `shouldUpgradeCallback`.
 */
export class UpgradableToWebSocket extends IncomingMessage {
  // Only declared: the constructor of IncomingMessage sets it through `upgrade`, before fields are initialized.
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
