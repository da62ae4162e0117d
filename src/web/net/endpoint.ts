import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type GraphQLFormattedError, print } from 'graphql';
import { BASE_PATH } from '../base-path.js';

/** Subscriptions are served from the same host as the page. */
export function socketUrl(): string {
  const url = new URL(`${BASE_PATH}/graphql`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/** The API doesn't accept the token, or wants one. The message can be shown. */
export class Unauthenticated extends Error {
  override readonly name = 'Unauthenticated';
}

/** There was no answer that could be read, so nobody knows whether the request was carried out. The message can be shown. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/** How long the page waits for an answer. Longer than the API itself ever takes for one that it isn't asked to delay. */
const ANSWER_MS = 20_000;

/**
 * Sends one of the generated documents.
 * @param signal ends the wait for an answer that nobody needs any more
 * @throws Unauthenticated, Unanswered, and Error if the API refuses; the messages can be shown
 */
export async function send<TResult, TVariables>(
  document: TypedDocumentNode<TResult, TVariables>,
  variables: TVariables,
  token?: string,
  signal?: AbortSignal,
): Promise<TResult> {
  const { status, reply } = await post(JSON.stringify({ query: print(document), variables }), token, signal);
  const { data, errors } = reply as {
    data?: TResult | null;
    errors?: readonly GraphQLFormattedError[];
  };
  const [error] = errors ?? [];
  if (data && !error) return data;
  const { code, bookingId } = error?.extensions ?? {};
  if (error && code === 'UNAUTHENTICATED') throw new Unauthenticated(error.message);
  // The API names the booking whose acceptance the database didn't confirm. Its message tells programs to look that up.
  if (bookingId !== undefined) throw new Unanswered('The server’s database didn’t respond.');
  // A request that failed on the server's side may have been carried out.
  if (!error || status >= 500 || code === 'INTERNAL_SERVER_ERROR')
    throw new Unanswered(error?.message ?? `The server sent an unreadable response (status ${status}).`);
  throw new Error(error.message);
}

/** The signal also ends an answer that never arrives whole. */
async function post(body: string, token: string | undefined, signal?: AbortSignal) {
  const late = AbortSignal.timeout(ANSWER_MS);
  let status = 0;
  try {
    const response = await fetch(`${BASE_PATH}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body,
      signal: signal ? AbortSignal.any([signal, late]) : late,
    });
    status = response.status;
    return { status, reply: JSON.parse(await response.text()) as object };
  } catch (error) {
    if (late.aborted)
      throw new Unanswered(`The server didn’t answer within ${ANSWER_MS / 1000} seconds.`, { cause: error });
    if (error instanceof SyntaxError)
      throw new Unanswered(`The server sent an unreadable response (status ${status}).`, { cause: error });
    // The browser's own message differs between browsers and is no help.
    throw new Unanswered('The server is unreachable.', { cause: error });
  }
}
