import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { createSession } from '../session/session.js';
import { readSignIn } from '../session/sign-in-settings.js';
import { send } from './endpoint.js';

/** The page's only session. */
export const session = createSession(readSignIn());

/**
 * Sends one of the generated documents with the visitor's token.
 * @param signal ends the wait for an answer that nobody needs any more
 * @throws SignedOut, Unanswered, and Error if the API refuses; the messages can be shown
 */
export const ask = <TResult, TVariables>(
  document: TypedDocumentNode<TResult, TVariables>,
  variables: TVariables,
  signal?: AbortSignal,
): Promise<TResult> => session.withToken((token) => send(document, variables, token, signal));

/** What can be shown of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
