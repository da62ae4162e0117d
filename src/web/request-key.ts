/**
 * Idempotency keys: the same for the same trip until it is booked, so that a double click, or another try after a lost answer, books
 * it once.
 */
export function createRequestKeys(): (request: string) => string {
  let last: { request: string; key: string } | undefined;
  return (request) => {
    if (last?.request !== request) last = { request, key: randomKey() };
    return last.key;
  };
}

/** Not randomUUID(): browsers have it on https and localhost only. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
