/**
 * Idempotency keys: the same trip keeps its key until it is booked, so that a double click, or a retry after a lost response,
 * books it once.
 */
export function createRequestKeys(): (request: string) => string {
  let last: { request: string; key: string } | undefined;
  return (request) => {
    if (last?.request !== request) last = { request, key: randomKey() };
    return last.key;
  };
}

/** Avoids randomUUID(), which browsers provide on https and localhost only. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
