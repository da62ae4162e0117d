import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export interface PathProxy {
  /** Whether it takes its path off what it passes on. */
  takesPathOff: boolean;
  /** The addresses of the WebSockets that were opened through it. */
  readonly sockets: readonly string[];
  stop(): Promise<void>;
}

/** A reverse proxy that has nothing but what is below its path. */
export async function startPathProxy(port: number, path: string, target: number): Promise<PathProxy> {
  const sockets: string[] = [];
  const proxy = { takesPathOff: false };
  const passOn = ({ url = '', method, headers }: IncomingMessage) => {
    const at = proxy.takesPathOff ? url.slice(path.length) : url;
    return httpRequest({ host: '127.0.0.1', port: target, path: at, method, headers });
  };
  const server = createServer((incoming, response) => {
    if (!incoming.url?.startsWith(`${path}/`)) return void response.writeHead(418).end();
    const outgoing = passOn(incoming);
    incoming.pipe(outgoing);
    outgoing.on('error', () => response.destroy());
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
  });
  server.on('upgrade', (incoming, client: Duplex) => {
    sockets.push(incoming.url ?? '');
    const outgoing = passOn(incoming).end();
    client.on('error', () => outgoing.destroy());
    outgoing.on('error', () => client.destroy());
    outgoing.on('response', () => client.destroy());
    outgoing.on('upgrade', ({ rawHeaders }, upstream: Duplex) => {
      const lines = rawHeaders.flatMap((name, index) =>
        index % 2 ? [] : [`${name}: ${rawHeaders[index + 1]}`],
      );
      client.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      upstream.on('error', () => client.destroy()).pipe(client);
      client.on('close', () => upstream.destroy()).pipe(upstream);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(proxy, {
    sockets,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  });
}
