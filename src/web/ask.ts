import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print, type GraphQLFormattedError } from 'graphql';
import { BASE_PATH } from './base-path.js';

/** Sends one of the generated documents. @throws Error whose message can be shown */
export async function ask<TResult, TVariables>(
  document: TypedDocumentNode<TResult, TVariables>,
  variables: TVariables,
): Promise<TResult> {
  const response = await send(JSON.stringify({ query: print(document), variables }));
  const { data, errors } = (await response.json().catch(() => ({}))) as {
    data?: TResult | null;
    errors?: readonly GraphQLFormattedError[];
  };
  if (data && !errors?.length) return data;
  throw new Error(
    errors?.[0]?.message ?? `The server sent an unreadable response (status ${response.status}).`,
  );
}

async function send(body: string): Promise<Response> {
  try {
    return await fetch(`${BASE_PATH}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  } catch {
    // The browser's own message differs between browsers and is no help.
    throw new Error('The server is unreachable.');
  }
}
