import { type LegKind, LEGS } from '../../../model/legs.js';
import {
  type CallContext,
  type Supplier,
  SupplierFailure,
  SupplierOutcomeUnknown,
  type SupplierRequest,
} from '../supplier.port.js';
import { judge, RELEASE_ANSWERS, RESERVE_ANSWERS } from './answer-tables.js';
import { type Answer, networkFailure, readAnswer } from './read-answer.js';

const nameOf = (kind: LegKind) => `${LEGS[kind].title} service`;

export interface PartnerSupplierOptions {
  /** Base URL of the partner's API: `https://partner.example/v1`. Without credentials, query or fragment. */
  readonly baseUrl: string;
  /** Timeout of a whole call in milliseconds, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined;
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * A client of a partner's REST API: docs/partner-api.json. What each answer means to us: docs/partner-api.md.
 * @throws TypeError if baseUrl or token is invalid; its message shows neither
 */
export function createPartnerSupplier(options: PartnerSupplierOptions): Supplier {
  const { timeoutMs, token, fetch = globalThis.fetch } = options;
  const reservations = reservationsUrl(options.baseUrl);
  const authorization = token ? { Authorization: bearer(token) } : {};

  /** One request to the partner, whatever it answers. */
  const send = async (
    init: { method: 'PUT' | 'DELETE'; body?: string },
    { reservationKey, idempotencyKey, kind }: SupplierRequest,
    context: CallContext,
  ): Promise<Answer> => {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    try {
      const response = await fetch(reservations + encodeURIComponent(reservationKey), {
        ...init,
        headers: {
          ...authorization,
          Accept: 'application/json',
          ...(init.body !== undefined && { 'Content-Type': 'application/json' }),
          'Idempotency-Key': idempotencyKey,
        },
        redirect: 'manual',
        signal: AbortSignal.any([context.signal, timeout.signal]),
      });
      return await readAnswer(response, token);
    } catch (error) {
      if (context.signal.aborted) {
        throw new SupplierOutcomeUnknown('The call was abandoned before the supplier answered.');
      }
      if (timeout.signal.aborted) {
        throw new SupplierOutcomeUnknown(`${nameOf(kind)} did not answer within ${timeoutMs} ms.`);
      }
      throw networkFailure(error, nameOf(kind));
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    reserve: (request, context) =>
      withBackOff(context, async () => {
        const { kind, offerId, quantity } = request;
        const body = JSON.stringify({ leg: kind, offerId, quantity });
        return judge(RESERVE_ANSWERS, await send({ method: 'PUT', body }, request, context), nameOf(kind));
      }),
    release: (request, context) =>
      withBackOff(context, async () => {
        judge(RELEASE_ANSWERS, await send({ method: 'DELETE' }, request, context), nameOf(request.kind));
      }),
  };
}

/** Sets the delay before the next attempt, unless the partner has set it. */
async function withBackOff<T>({ attempt }: CallContext, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof SupplierFailure && !error.isFinal) error.retryAfterMs ??= backOffMs(attempt);
    throw error;
  }
}

/** Checked at startup rather than by every booking: `fetch` rejects such URLs too, but prints them in full. */
function reservationsUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new TypeError("A partner's base URL must be an http or https URL.");
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new TypeError(
      "A partner's base URL must not contain credentials, a query or a fragment; set a token instead.",
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/reservations/`;
}

/** A token that contains a line break would appear in the message of the error that `fetch` throws. */
function bearer(token: string): string {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new TypeError("A partner's token must consist of visible ASCII characters without spaces.");
  }
  return `Bearer ${token}`;
}

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/**
 * Backoff after a failed attempt: one second, doubling each time up to half a minute. Up to half of it is jitter, so that
 * calls that failed together are not retried together.
 * @param attempt from 1
 * @param chance from 0 to 1
 * @returns milliseconds
 */
export function backOffMs(attempt: number, chance = Math.random()): number {
  const whole = Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS);
  return Math.round(whole * (1 - chance / 2));
}
