import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

// Browsers have it; so has Node from 22 on.
if (!('WebSocket' in globalThis)) Object.assign(globalThis, { WebSocket });

export function openSocket(url: string) {
  return createClient({ url: url.replace(/^http/, 'ws') });
}
