import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

// Built into browsers and Node 22 or later.
if (!('WebSocket' in globalThis)) Object.assign(globalThis, { WebSocket });

export function openSocket(url: string) {
  // By default the client gives up if the connection is refused, as during a server restart.
  return createClient({ url: url.replace(/^http/, 'ws'), shouldRetry: () => true });
}
