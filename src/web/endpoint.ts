import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type GraphQLFormattedError, print } from 'graphql';

/** Built, every script is in the folder `assets`; Vite's own server serves them where they are. */
const ROOT = import.meta.env.DEV ? '/' : '..';

/** Where the page's addresses begin: `` or, behind a proxy, something like `/shop`. Whence this script came tells it. */
export const BASE_PATH = new URL(ROOT, import.meta.url).pathname.replace(/\/$/, '');

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

/** Sends one of the generated documents. @throws Unauthenticated, and Error; the messages can be shown */
export async function send<TResult, TVariables>(
  document: TypedDocumentNode<TResult, TVariables>,
  variables: TVariables,
  token?: string,
): Promise<TResult> {
  const response = await post(JSON.stringify({ query: print(document), variables }), token);
  const { data, errors } = (await response.json().catch(() => ({}))) as {
    data?: TResult | null;
    errors?: readonly GraphQLFormattedError[];
  };
  const [error] = errors ?? [];
  if (data && !error) return data;
  if (error?.extensions?.['code'] === 'UNAUTHENTICATED') throw new Unauthenticated(error.message);
  throw new Error(error?.message ?? `The server sent an unreadable response (status ${response.status}).`);
}

async function post(body: string, token: string | undefined): Promise<Response> {
  try {
    return await fetch(`${BASE_PATH}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body,
    });
  } catch {
    // The browser's own message differs between browsers and is no help.
    throw new Error('The server is unreachable.');
  }
}
