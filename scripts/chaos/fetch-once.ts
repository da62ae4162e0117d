/** With a connection of its own: one that is kept may have been broken long ago. Its answer's body is to be read in the same time. */
export function fetchOnce(
  url: string,
  init: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string },
  timeoutMs: number,
): Promise<Response> {
  const headers = { ...init.headers, Connection: 'close' };
  return fetch(url, { ...init, headers, signal: AbortSignal.timeout(timeoutMs) });
}
