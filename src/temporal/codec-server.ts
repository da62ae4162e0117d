import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { UndecryptablePayload } from './payload-codec.js';

// The package is CommonJS, so Node sees only its default export.
const { Payloads } = proto.temporal.api.common.v1;

/** More than a page of a history, which the server limits to a few megabytes. */
const MAX_BYTES = 32 * 1024 * 1024;
const REQUEST_MS = 30_000;

const METHODS: ReadonlyMap<string, 'encode' | 'decode'> = new Map([
  ['/encode', 'encode'],
  ['/decode', 'decode'],
]);

/** A request that is answered with a status and a line of text. */
class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * A codec server as Temporal's Web UI and command line expect it: POST /encode and /decode, with payloads in protobuf's JSON.
 * It decrypts for everybody who can reach it, so it must listen on loopback only. A web page reaches loopback too: only those
 * of `origin` are answered, and only under a name of this machine, which excludes DNS rebinding.
 *
 * @param origin of Temporal's Web UI; without it, only programs are served
 */
export function createCodecServer(codec: PayloadCodec, origin: string | undefined): Server {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host = '', origin: from } = request.headers;
    if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host)) {
      throw new Refused(421, 'The codec server serves this machine only: use its address 127.0.0.1.');
    }
    if (from !== undefined) {
      if (from !== origin) {
        throw new Refused(403, 'Pages of this origin may not use the codec server. Set TEMPORAL_UI_URL.');
      }
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Vary', 'Origin');
      if (request.method === 'OPTIONS') {
        response.setHeader('Access-Control-Allow-Methods', 'POST');
        response.setHeader('Access-Control-Allow-Headers', 'Content-Type, X-Namespace');
        // For a Web UI that isn't on this machine.
        response.setHeader('Access-Control-Allow-Private-Network', 'true');
        response.writeHead(204).end();
        return;
      }
    }
    const work = METHODS.get(request.url ?? '');
    if (!work) throw new Refused(404, 'The codec server has only /encode and /decode.');
    if (request.method !== 'POST') throw new Refused(405, 'Use POST.');
    // A page may send any other type without a preflight.
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
      throw new Refused(415, 'Send application/json.');
    }
    const { payloads } = readPayloads(await bodyOf(request));
    const done = Payloads.fromObject({ payloads: await codec[work](payloads) });
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(Payloads.toObject(done, { bytes: String })));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const status =
        error instanceof Refused ? error.status : error instanceof UndecryptablePayload ? 400 : 500;
      const message = status === 500 ? 'The codec server failed.' : (error as Error).message;
      response.writeHead(status, { 'Content-Type': 'text/plain', Connection: 'close' }).end(`${message}\n`);
    });
  });
  server.requestTimeout = REQUEST_MS;
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Refused(413, `Send at most ${MAX_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function readPayloads(body: string) {
  try {
    return Payloads.fromObject(JSON.parse(body) as object);
  } catch {
    throw new Refused(400, 'Send payloads in JSON: { "payloads": [{ "metadata": {}, "data": "" }] }.');
  }
}
