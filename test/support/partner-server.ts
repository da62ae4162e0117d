import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { LEG_KINDS, type LegKind } from '../../src/model/legs.js';
import * as errors from '../../src/worker/suppliers/supplier.port.js';
import type { Supplier } from '../../src/worker/suppliers/supplier.port.js';

export interface Reply {
  readonly status: number;
  /** A header with several values is sent once for each. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** A string or bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
}

/** What goes wrong with one request. */
export interface Fault {
  /** Applies only to requests for this reservation; by default to the next request of any. */
  readonly key?: string;
  /** The request is handled only once this resolves, as by a slow partner. */
  readonly until?: Promise<unknown>;
  /** Whether the fault occurs before or after the supplier is called, that is, whether the request takes effect. */
  readonly when: 'before' | 'after';
  /** Replaces the response: another one, a broken connection, or nothing until the client hangs up. */
  readonly instead: Reply | 'reset' | 'hang' | 'the usual';
}

const NO_FAULT: Fault = { when: 'after', instead: 'the usual' };

export interface PartnerRequest {
  readonly method: string;
  /** Decoded. */
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The partner's own response, whatever the fault made of it. */
  answer?: Reply;
}

export interface PartnerServer {
  /** Base URL for `createPartnerSupplier`. */
  readonly url: string;
  /** All requests so far, in the order of their arrival. */
  readonly requests: readonly PartnerRequest[];
  /** Faults for the next requests, first in, first out; `clear` drops the remaining ones. */
  readonly faults: { next(...faults: Fault[]): void; clear(): void };
  stop(): Promise<void>;
}

export interface PartnerServerOptions {
  readonly supplier: Supplier;
  /** If absent, requests need no authorization. */
  readonly token?: string;
}

/** The partner's side of docs/partner-api.json on top of any supplier, with faults. Partners may copy it, so keep it readable. */
export async function createPartnerServer({ supplier, token }: PartnerServerOptions): Promise<PartnerServer> {
  const requests: PartnerRequest[] = [];
  const faults: Fault[] = [];
  const stopping = new AbortController();
  /** A DELETE has only the key, but our port requires the whole request. */
  const asked = new Map<string, Wanted>();
  const released = new Set<string>();
  // A request that has arrived is carried out even if its client hangs up.
  const context = { attempt: 1, signal: stopping.signal };

  const answer = async (request: PartnerRequest): Promise<Reply> => {
    const { key: reservationKey, method, headers } = request;
    const idempotencyKey = headers['idempotency-key'];
    if (token && headers.authorization !== `Bearer ${token}`) return problem(401, 'UNAUTHORIZED');
    if (typeof idempotencyKey !== 'string') return problem(400, 'IDEMPOTENCY_KEY_MISSING');
    // The partner doesn't know the leg and the trip.
    const call = { reservationKey, idempotencyKey, legId: '' };
    try {
      if (method === 'DELETE') {
        await supplier.release({ ...call, kind: 'CAR', offerId: '', ...asked.get(reservationKey) }, context);
        released.add(reservationKey);
        return { status: 204 };
      }
      if (method !== 'PUT') return problem(405, 'METHOD_NOT_ALLOWED');
      const wanted = parseWanted(request.body);
      if (!wanted) return problem(400, 'BAD_REQUEST');
      asked.set(reservationKey, wanted);
      await supplier.reserve({ ...call, ...wanted }, context);
      return { status: 200, body: { state: 'HELD' } };
    } catch (error) {
      const late = method === 'PUT' && released.has(reservationKey);
      return late && error instanceof errors.SupplierRefused ? problem(410, 'RELEASED') : toReply(error);
    }
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const key = /^\/v1\/reservations\/([^/?]+)$/.exec(incoming.url ?? '')?.[1];
    const { method = '', headers } = incoming;
    if (key === undefined) return send(response, problem(404, 'NO_SUCH_PAGE'));
    const body = await text(incoming);
    const request: PartnerRequest = { method, key: decodeURIComponent(key), headers, body };
    requests.push(request);
    const met = faults.findIndex((fault) => (fault.key ?? request.key) === request.key);
    const { until, when, instead } = (met < 0 ? undefined : faults.splice(met, 1)[0]) ?? NO_FAULT;
    await until;
    const usual = when === 'after' ? await answer(request) : problem(500, 'NOT_ASKED');
    request.answer = usual;
    if (instead === 'reset') incoming.socket.resetAndDestroy();
    else if (instead !== 'hang') send(response, instead === 'the usual' ? usual : instead);
  };

  const server = createServer((incoming, response) => {
    // Reached only if a client breaks off while sending.
    serve(incoming, response).catch(() => incoming.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    faults: { next: (...more) => void faults.push(...more), clear: () => void faults.splice(0) },
    stop() {
      stopping.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

function toReply(error: unknown): Reply {
  if (error instanceof errors.OfferSoldOut) return problem(409, 'SOLD_OUT');
  if (error instanceof errors.OfferUnknown) return problem(404, 'UNKNOWN_OFFER');
  if (error instanceof errors.SupplierRefused) return problem(422, 'REFUSED');
  const seconds = error instanceof errors.SupplierFailure ? (error.retryAfterMs ?? 0) / 1000 : 0;
  const headers = seconds > 0 ? { 'Retry-After': String(Math.ceil(seconds)) } : {};
  if (error instanceof errors.SupplierUnavailable) return { ...problem(503, 'UNAVAILABLE'), headers };
  return { ...problem(500, 'UNKNOWN'), headers };
}

interface Wanted {
  readonly kind: LegKind;
  readonly offerId: string;
}

function parseWanted(body: string): Wanted | undefined {
  try {
    const { leg, offerId } = JSON.parse(body) as { leg?: unknown; offerId?: unknown };
    const kind = LEG_KINDS.find((each) => each === leg);
    return kind && typeof offerId === 'string' ? { kind, offerId } : undefined;
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
