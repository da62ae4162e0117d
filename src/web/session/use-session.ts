import { useEffect, useState } from 'preact/hooks';
import { session } from '../net/ask.js';
import type { SessionState } from './session.js';

/** The state of the visitor's session, as it changes. */
export function useSession(): SessionState {
  const [state, setState] = useState(session.state);
  useEffect(() => {
    const follow = () => setState(session.state);
    // It may have changed before this effect ran.
    follow();
    return session.onChange(follow);
  }, []);
  return state;
}

export const viewerOf = (state: SessionState) => ('viewer' in state ? state.viewer : undefined);

/** Whose everything is that the page keeps; without authentication, everybody is the same visitor. */
export const ownerOf = (state: SessionState): string => viewerOf(state)?.subject ?? 'anonymous';

export const isOperator = (state: SessionState): boolean =>
  viewerOf(state)?.roles.includes('operator') ?? false;
