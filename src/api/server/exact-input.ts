import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import type { RequestHandler } from 'express';
import { inexactNumber } from '../../model/exact-numbers.js';
import { IN_UTF8, Refused } from './refused.js';

const SHOWN_DIGITS = 40;

/** Why a number is refused. Fits into the reason of a WebSocket close frame. */
export function inexactMessage(number: string): string {
  const shown = number.length > SHOWN_DIGITS ? `${number.slice(0, SHOWN_DIGITS)}…` : number;
  return `The number ${shown} can't be represented exactly; send it as a string.`;
}

/** For express.json, which replaces invalid bytes with U+FFFD and rounds numbers that it can't represent. */
export function refuseInexactBody(
  _request: IncomingMessage,
  _response: unknown,
  body: Buffer,
  charset: string,
): void {
  // express.json would also accept UTF-16 and UTF-7.
  if (charset !== 'utf-8') throw new Refused(415, 'UNSUPPORTED_MEDIA_TYPE', IN_UTF8);
  if (!isUtf8(body)) throw new Refused(400, 'BAD_REQUEST', 'The body is not valid UTF-8.');
  refuseInexactNumber(body.toString());
}

/** The same check for a GET's query string, before Apollo reads it. */
export const refuseInexactQuery: RequestHandler = (request, _response, next) => {
  if (request.method === 'GET') {
    const query = /\?([^#]*)/.exec(request.url)?.[1] ?? '';
    if (!isPercentEncodedUtf8(query)) {
      throw new Refused(400, 'BAD_REQUEST', 'The query string is not valid percent-encoded UTF-8.');
    }
    const parameters = new URLSearchParams(query);
    for (const name of ['variables', 'extensions']) parameters.getAll(name).forEach(refuseInexactNumber);
  }
  next();
};

function isPercentEncodedUtf8(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function refuseInexactNumber(json: string): void {
  const number = inexactNumber(json);
  if (number !== undefined) {
    throw new Refused(400, ApolloServerErrorCode.BAD_USER_INPUT, inexactMessage(number));
  }
}
