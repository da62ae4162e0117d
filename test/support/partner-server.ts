import { LEG_KINDS, type LegKind } from '../../src/model/legs.js';
import { toDecimal } from '../../src/money/decimal.js';
import {
  createReferencePartner,
  type Intervene,
  type PartnerRequest as Request,
  type Reply,
} from '../../src/partner/reference-partner.js';
import { Refused, type Stock } from '../../src/partner/stock.js';
import * as errors from '../../src/worker/suppliers/supplier.port.js';
import type { CallContext, Supplier } from '../../src/worker/suppliers/supplier.port.js';

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

export interface PartnerRequest extends Request {
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
  /** Stands before the partner, behind the faults. */
  readonly gateway?: (request: Request, handle: () => Promise<Reply>) => Promise<Reply>;
}

/** The reference partner on top of any supplier, with faults. */
export async function createPartnerServer(options: PartnerServerOptions): Promise<PartnerServer> {
  const { supplier, token, gateway = (_request, handle) => handle() } = options;
  const requests: PartnerRequest[] = [];
  const faults: Fault[] = [];
  const stopping = new AbortController();
  const stock = stockOf(supplier, { attempt: 1, signal: stopping.signal });

  const intervene: Intervene = async (incoming, handle) => {
    const request: PartnerRequest = { ...incoming };
    requests.push(request);
    const met = faults.findIndex((fault) => (fault.key ?? request.key) === request.key);
    const { until, when, instead } = (met < 0 ? undefined : faults.splice(met, 1)[0]) ?? NO_FAULT;
    await until;
    const answer = () => gateway(incoming, () => handle().catch(toReply));
    const usual = when === 'after' ? await answer() : problem(500, 'NOT_ASKED');
    request.answer = usual;
    return instead === 'the usual' ? usual : instead;
  };

  const partner = await createReferencePartner({ stock, token, port: 0, intervene });
  return {
    url: partner.url,
    requests,
    faults: { next: (...more) => void faults.push(...more), clear: () => void faults.splice(0) },
    stop() {
      stopping.abort();
      return partner.stop();
    },
  };
}

/** A DELETE has only the key, but our port requires the whole request. */
function stockOf(supplier: Supplier, context: CallContext): Stock {
  const asked = new Map<string, { kind: LegKind; offerId: string; quantity: number }>();
  const released = new Set<string>();
  // The partner doesn't know the leg and the trip.
  const callFor = (reservationKey: string) => ({
    ...{ reservationKey, idempotencyKey: reservationKey, legId: '' },
    ...(asked.get(reservationKey) ?? { kind: 'CAR' as const, offerId: '', quantity: 1 }),
  });
  return {
    async reserve(key, { leg, offerId, quantity }) {
      const kind = LEG_KINDS.find((one) => one === leg) ?? 'CAR';
      asked.set(key, { kind, offerId, quantity });
      try {
        const { confirmation: reference, price, ...more } = await supplier.reserve(callFor(key), context);
        return {
          ...more,
          ...(reference !== undefined && { reference }),
          ...(price && { price: { amount: toDecimal(price), currency: price.currency } }),
        };
      } catch (error) {
        const late = released.has(key) && error instanceof errors.SupplierRefused;
        throw late ? new Refused('RELEASED') : error;
      }
    },
    async release(key) {
      await supplier.release(callFor(key), context);
      released.add(key);
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

const problem = (status: number, code: string): Reply => ({ status, body: { code } });
