import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

// Browsers have it; so has Node from 22 on.
if (!('WebSocket' in globalThis)) Object.assign(globalThis, { WebSocket });

export function openSocket(url: string) {
  // By default it gives up where nobody listens, as while a server is restarted.
  return createClient({ url: url.replace(/^http/, 'ws'), shouldRetry: () => true });
}
