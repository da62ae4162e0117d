import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorBody } from './http-errors.js';

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Refuses over a connection for which Node makes no response: after an Upgrade, or where it could read no request. */
export function refuseRaw(
  stream: Duplex,
  requestId: string,
  { status, code, message, headers = {} }: Refusal,
): void {
  const body = JSON.stringify(errorBody(code, message, requestId));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  stream.on('error', () => undefined);
  // Nobody counts it: it must not stay open for as long as the client likes.
  stream.once('finish', () => stream.destroy());
  stream.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
