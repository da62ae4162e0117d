import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createSecureServer, type IncomingHttpHeaders, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { inject } from 'vitest';
import type { Authority, Certificate } from './certificates.js';

export interface TlsProxy {
  readonly address: string;
  /** The headers of every request so far. */
  readonly requests: readonly IncomingHttpHeaders[];
  close(): Promise<void>;
}

/** TLS in front of the run's Temporal server, as a managed one has it. @param clients whose certificates it requires */
export async function startTlsProxy(own: Certificate, clients?: Authority): Promise<TlsProxy> {
  const requests: IncomingHttpHeaders[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const upstream = connect(`http://${inject('temporalAddress')}`);
  const [key, cert, ca] = await Promise.all(
    [own.key, own.cert, ...(clients ? [clients.cert] : [])].map((file) => readFile(file)),
  );
  const server = createSecureServer({
    key,
    cert,
    ...(ca && { ca, requestCert: true, rejectUnauthorized: true }),
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
  });
  server.on('stream', (stream, { ':scheme': _, ...headers }) => {
    requests.push(headers);
    const forwarded = upstream.request({ ...headers, ':scheme': 'http' });
    // gRPC's status is in the trailers.
    let trailers: IncomingHttpHeaders = {};
    forwarded.on('response', (answer, flags) => {
      const endStream = (flags & 1) === 1;
      stream.respond(answer, { waitForTrailers: !endStream, endStream });
    });
    forwarded.on('trailers', (given: IncomingHttpHeaders) => (trailers = given));
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    for (const [one, other] of [
      [stream, forwarded],
      [forwarded, stream],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('aborted', () => other.close());
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      for (const session of sessions) session.destroy();
      upstream.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
