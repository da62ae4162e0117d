import { SupplierOutcomeUnknown, SupplierUnavailable } from '../supplier.port.js';

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
