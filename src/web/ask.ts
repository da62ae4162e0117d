import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { send } from './endpoint.js';
import { createSession } from './session.js';
import { readSignIn } from './sign-in-settings.js';

/** The page's only session. */
export const session = createSession(readSignIn());

/** Sends one of the generated documents with the visitor's token. @throws SignedOut, and Error; the messages can be shown */
export const ask = <TResult, TVariables>(
  document: TypedDocumentNode<TResult, TVariables>,
  variables: TVariables,
): Promise<TResult> => session.withToken((token) => send(document, variables, token));
