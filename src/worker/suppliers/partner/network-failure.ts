import { SupplierOutcomeUnknown, SupplierUnavailable } from '../supplier.port.js';

/** System calls before the first byte of a request: what fails there was certainly never heard. */
const BEFORE_SENDING: ReadonlySet<unknown> = new Set(['getaddrinfo', 'connect']);

/** What else goes wrong before the first byte: no connection in time, or a certificate that we don't trust. */
const NEVER_SENT =
  /^(UND_ERR_CONNECT_TIMEOUT|ERR_TLS_CERT_ALTNAME_INVALID|CERT_\w+|\w*SELF_SIGNED_CERT\w*|UNABLE_TO_(GET|VERIFY)_\w+)$/;

interface SystemError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  /** Of an `AggregateError`: one for each address that was tried. */
  readonly errors?: readonly SystemError[];
}

/**
 * What a failed `fetch` means. Only the failure's code is shown, never its own words: they may hold headers or the URL.
 * @param who the supplier, as the error's text begins
 */
export function networkFailure(error: unknown, who: string): SupplierUnavailable | SupplierOutcomeUnknown {
  const cause = (error instanceof Error && error.cause ? error.cause : {}) as SystemError;
  const code = typeof cause.code === 'string' ? cause.code : 'nobody knows why';
  if (neverSent(cause)) return new SupplierUnavailable(`${who} cannot be reached (${code}). Retrying...`);
  // A reset, above all: the request may have arrived, and only the answer was lost.
  return new SupplierOutcomeUnknown(`${who} broke off before its answer was complete (${code}).`);
}

function neverSent({ code, syscall, errors }: SystemError): boolean {
  if (errors?.length) return errors.every(neverSent);
  return BEFORE_SENDING.has(syscall) || (typeof code === 'string' && NEVER_SENT.test(code));
}
