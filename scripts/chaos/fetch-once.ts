/** Uses a new connection, because a kept one may be broken. The timeout includes reading the response's body. */
export function fetchOnce(
  url: string,
  init: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string },
  timeoutMs: number,
): Promise<Response> {
  const headers = { ...init.headers, Connection: 'close' };
  return fetch(url, { ...init, headers, signal: AbortSignal.timeout(timeoutMs) });
}
