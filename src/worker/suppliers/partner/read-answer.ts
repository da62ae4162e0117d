import { inexactNumber } from '../../../model/exact-numbers.js';
import { SupplierOutcomeUnknown, SupplierUnavailable } from '../supplier.port.js';

/** The parts of a partner's answer that we use. */
export interface Answer {
  readonly status: number;
  /** The parsed JSON body, without our token; `undefined` if it is missing, invalid, truncated or too long. */
  readonly body: unknown;
  /** The partner's `Retry-After`, in milliseconds from now; `undefined` if there is none. */
  readonly retryAfterMs: number | undefined;
}

/** Valid answers are far smaller. A larger one isn't a partner's and must not fill our memory. */
const MAX_BODY_BYTES = 64 * 1024;

/** As browsers read JSON: as UTF-8 whatever the charset, without the byte-order mark. Other encodings are unreadable. */
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The longest `Retry-After` that is honoured; a partner that is still down after it can send it again. */
const MAX_RETRY_AFTER_MS = 10 * 60 * 1000;

/** Replaces every value that contains our token, which a partner may echo: nothing downstream can pass it on. */
export const WITHHELD = Symbol('withheld');

/**
 * Never throws: the status has arrived and counts even if the rest of the answer doesn't arrive.
 * @param token ours, if the partner requires one
 */
export async function readAnswer(response: Response, token?: string, now = Date.now()): Promise<Answer> {
  return {
    status: response.status,
    body: await readJson(response, token),
    retryAfterMs: parseRetryAfter(response.headers, now),
  };
}

async function readJson(response: Response, token: string | undefined): Promise<unknown> {
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      const bytes = chunk as Uint8Array;
      size += bytes.length;
      // Leaving the loop cancels the stream, and with it the connection.
      if (size > MAX_BODY_BYTES) return undefined;
      chunks.push(bytes);
    }
    return parseExactly(decoder.decode(Buffer.concat(chunks)), token);
  } catch {
    return undefined;
  }
}

/** A number that would lose digits makes the whole text unreadable. */
function parseExactly(json: string, token: string | undefined): unknown {
  if (inexactNumber(json) !== undefined) return undefined;
  return JSON.parse(json, (_name, value: unknown) => {
    const isText = typeof value === 'string' || typeof value === 'number';
    return token && isText && String(value).includes(token) ? WITHHELD : value;
  });
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3). A date is measured against the partner's own clock, if `Date` shows it. */
function parseRetryAfter(headers: Headers, now: number): number | undefined {
  const value = firstOf(headers, 'retry-after');
  const wait = /^\d+$/.test(value)
    ? Number(value) * 1000
    : parseHttpDate(value) - (parseHttpDate(firstOf(headers, 'date')) || now);
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS);
}

/** `fetch` joins repeated headers with a comma, and a date contains a comma itself. */
function firstOf(headers: Headers, name: string): string {
  const [first = ''] = (headers.get(name) ?? '').split(/(?<!^\s*[A-Z][a-z]{2}),/);
  return first.trim();
}

/** @returns milliseconds since 1970, or NaN. `Date.parse` alone accepts almost anything that contains a number. */
function parseHttpDate(value: string): number {
  return /^[A-Z][a-z]{2}, .* GMT$/.test(value) ? Date.parse(value) : NaN;
}

/** System calls before the first byte of a request. If one of these fails, the request was certainly never received. */
const BEFORE_SENDING: ReadonlySet<unknown> = new Set(['getaddrinfo', 'connect']);

/** Other failures before the first byte: a connection timeout, or a certificate that we don't trust. */
const NEVER_SENT =
  /^(UND_ERR_CONNECT_TIMEOUT|ERR_TLS_CERT_ALTNAME_INVALID|CERT_\w+|\w*SELF_SIGNED_CERT\w*|UNABLE_TO_(GET|VERIFY)_\w+)$/;

interface SystemError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  /** For an `AggregateError`: one error per address tried. */
  readonly errors?: readonly SystemError[];
}

/**
 * What a failed `fetch` means. Shows only the failure's code, never its message, which may contain headers or the URL.
 * @param who the supplier; starts the error's message
 */
export function networkFailure(error: unknown, who: string): SupplierUnavailable | SupplierOutcomeUnknown {
  const cause = (error instanceof Error && error.cause ? error.cause : {}) as SystemError;
  const code = typeof cause.code === 'string' ? cause.code : 'unknown cause';
  if (neverSent(cause)) return new SupplierUnavailable(`${who} cannot be reached (${code}). Retrying...`);
  // Mostly a connection reset: the request may have arrived and only the answer been lost.
  return new SupplierOutcomeUnknown(`${who} did not complete its answer (${code}).`);
}

function neverSent({ code, syscall, errors }: SystemError): boolean {
  if (errors?.length) return errors.every(neverSent);
  return BEFORE_SENDING.has(syscall) || (typeof code === 'string' && NEVER_SENT.test(code));
}
