import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { useEffect, useState } from 'preact/hooks';
import { useSession } from '../session/use-session.js';
import { ask, messageOf } from './ask.js';

interface QueryState<TResult> {
  /** The latest answer, while the next one is awaited too. */
  readonly data?: TResult;
  /** Why there is no newer answer. */
  readonly problem?: string;
  readonly loading: boolean;
}

/**
 * Asks for what a part of the page shows; again when the variables change, and after the visitor signed in again. At most
 * one request is under way: a newer one ends the wait for the older.
 * @param variables undefined to ask nothing
 */
export function useQuery<TResult, TVariables>(
  document: TypedDocumentNode<TResult, TVariables>,
  variables: TVariables | undefined,
): QueryState<TResult> & { readonly reload: () => void } {
  const [state, setState] = useState<QueryState<TResult>>({ loading: variables !== undefined });
  const [round, setRound] = useState(0);
  const { status } = useSession();
  const wanted = JSON.stringify(variables);
  useEffect(() => {
    if (variables === undefined || status !== 'signedIn') return;
    const superseded = new AbortController();
    setState(({ data }) => ({ ...(data !== undefined && { data }), loading: true }));
    ask(document, variables, superseded.signal).then(
      (data) => superseded.signal.aborted || setState({ data, loading: false }),
      (error: unknown) =>
        superseded.signal.aborted ||
        setState(({ data }) => ({
          ...(data !== undefined && { data }),
          problem: messageOf(error),
          loading: false,
        })),
    );
    return () => superseded.abort();
  }, [document, wanted, status, round]);
  return { ...state, reload: () => setRound((now) => now + 1) };
}
