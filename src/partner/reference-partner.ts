import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { LEG_KINDS } from '../model/legs.js';
import { type RefusalCode, Refused, type Stock, type Wanted } from './stock.js';

export interface PartnerRequest {
  readonly method: string;
  /** The reservation key, decoded. */
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  /** A header with several values is sent once for each. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** A string or bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
}

/** What the client gets: a reply, a broken connection, or nothing until it hangs up. */
export type Outcome = Reply | 'reset' | 'hang';

/** Stands between the requests and their handling, to observe or to spoil it. `handle` carries the request out. */
export type Intervene = (request: PartnerRequest, handle: () => Promise<Reply>) => Promise<Outcome>;

export interface ReferencePartnerOptions {
  readonly stock: Stock;
  /** If absent, requests need no authorization. */
  readonly token?: string | undefined;
  /** 0 lets the operating system choose one. */
  readonly port: number;
  readonly intervene?: Intervene;
}

export interface ReferencePartner {
  /** Base URL of its API. */
  readonly url: string;
  /** Breaks off what is under way. */
  stop(): Promise<void>;
}

/** Final codes mean that nothing was done. The others leave it to the client to ask again. */
const STATUS: Readonly<Record<RefusalCode, number>> = {
  SOLD_OUT: 409,
  UNKNOWN_OFFER: 404,
  RELEASED: 410,
  REFUSED: 422,
  CONFLICT: 409,
  UNAVAILABLE: 503,
};

/** Only this machine can reach it. */
const HOST = '127.0.0.1';

/**
 * A partner's side of docs/partner-api.md, to be read and copied.
 * @throws the system's error if the port can't be used
 */
export async function createReferencePartner(options: ReferencePartnerOptions): Promise<ReferencePartner> {
  const { stock, token, port, intervene = (_request, handle) => handle() } = options;

  const handle = async ({ method, key, headers, body }: PartnerRequest): Promise<Reply> => {
    if (token && headers.authorization !== `Bearer ${token}`) return problem(401, 'UNAUTHORIZED');
    if (headers['idempotency-key'] === undefined) return problem(400, 'IDEMPOTENCY_KEY_MISSING');
    try {
      if (method === 'DELETE') {
        await stock.release(key);
        return { status: 204 };
      }
      if (method !== 'PUT') return problem(405, 'METHOD_NOT_ALLOWED');
      const wanted = parseWanted(body);
      if (!wanted) return problem(400, 'BAD_REQUEST');
      return { status: 200, body: { state: 'HELD', ...(await stock.reserve(key, wanted)) } };
    } catch (error) {
      if (error instanceof Refused) return problem(STATUS[error.code], error.code);
      throw error;
    }
  };

  const serve = async (incoming: IncomingMessage): Promise<Outcome> => {
    const key = keyIn(incoming.url);
    if (key === undefined) return problem(404, 'NO_SUCH_PAGE');
    const { method = '', headers } = incoming;
    // A request that has arrived whole is carried out even if its client hangs up.
    const request = { method, key, headers, body: await text(incoming) };
    // In doubt 500: it doesn't say that nothing was done.
    return intervene(request, () => handle(request)).catch(() => problem(500, 'UNKNOWN'));
  };

  const server = createServer((incoming, response) => {
    serve(incoming).then(
      (outcome) => {
        if (outcome === 'reset') incoming.socket.resetAndDestroy();
        else if (outcome !== 'hang') send(response, outcome);
      },
      // Its client broke off while sending.
      () => incoming.destroy(),
    );
  });
  server.listen(port, HOST);
  await once(server, 'listening');
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/v1`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The key is one segment of the path, because its own slash is encoded. */
function keyIn(path = ''): string | undefined {
  const [, encoded = ''] = /^\/v1\/reservations\/([^/?]+)$/.exec(path) ?? [];
  try {
    return decodeURIComponent(encoded) || undefined;
  } catch {
    return undefined;
  }
}

function parseWanted(body: string): Wanted | undefined {
  try {
    const { leg, offerId, quantity } = JSON.parse(body) as { readonly [field in keyof Wanted]?: unknown };
    const isOurs = LEG_KINDS.some((kind) => kind === leg) && typeof offerId === 'string';
    const isCount = Number.isSafeInteger(quantity) && (quantity as number) >= 1;
    return isOurs && isCount
      ? { leg: leg as Wanted['leg'], offerId, quantity: quantity as number }
      : undefined;
  } catch {
    return undefined;
  }
}

const problem = (status: number, code: string): Reply => ({ status, body: { code } });

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
  response.writeHead(status, { ...type, ...headers });
  const isWhole = typeof body === 'string' || body === undefined || Buffer.isBuffer(body);
  response.end(isWhole ? body : JSON.stringify(body));
}
