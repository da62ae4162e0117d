import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print, type GraphQLFormattedError } from 'graphql';

export interface GraphqlAnswer<TResult> {
  readonly data?: TResult | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Sends a document, such as a generated one, and returns the API's response, typed by the document. */
export async function request<TResult, TVariables>(
  url: string,
  document: TypedDocumentNode<TResult, TVariables>,
  variables: TVariables,
  headers: Readonly<Record<string, string>> = {},
): Promise<GraphqlAnswer<TResult>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: print(document), variables }),
  });
  return (await response.json()) as GraphqlAnswer<TResult>;
}
