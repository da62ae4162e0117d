import { ViewerDocument, type ViewerQuery } from '../../client/generated.js';
import type { SignIn } from '../../model/sign-in.js';
import { forgetVisitor, restoreDrafts, saveDrafts } from './drafts.js';
import { BASE_PATH } from '../base-path.js';
import { send, Unauthenticated } from '../net/endpoint.js';
import type { Issuer } from './issuer.js';
import { createPastedToken, type PastedToken } from './pasted-token.js';
import { currentAddress, replaceAddress } from '../router.js';
import type { TokenSource } from './token-source.js';

export type Viewer = NonNullable<ViewerQuery['viewer']>;

export type SessionState =
  /** It isn't known yet who the visitor is. */
  | { readonly status: 'starting'; readonly problem?: string }
  | { readonly status: 'signedOut'; readonly problem?: string }
  /** Without authentication, the viewer arrives later. */
  | { readonly status: 'signedIn'; readonly viewer?: Viewer; readonly problem?: string }
  /** The visitor has to sign in again. What is shown stays. */
  | { readonly status: 'expired'; readonly viewer: Viewer; readonly problem?: string };

/** There is no token that the API accepts. */
export class SignedOut extends Error {
  override readonly name = 'SignedOut';
  constructor() {
    super('Sign in to go on.');
  }
}

export interface Session {
  readonly mode: SignIn['mode'];
  readonly state: SessionState;
  /** Calls back after each change of state. @returns a function that ends this */
  onChange(listener: () => void): () => void;
  /** Finds out who the visitor is. Called again, tries again. */
  start(): Promise<void>;
  /**
   * Makes a request with the visitor's token (none without authentication); again with another one if the API refuses it.
   * @throws SignedOut, and what the request throws
   */
  withToken<T>(request: (token: string | undefined) => Promise<T>): Promise<T>;
  /** Leaves for the issuer's page. @throws Error whose message can be shown */
  signIn(): Promise<void>;
  /** Signs in with a token. If the API refuses it, the state says why. @throws Error whose message can be shown */
  paste(token: string): Promise<void>;
  signOut(): Promise<void>;
}

export function createSession(settings: SignIn): Session {
  const { mode } = settings;
  const listeners = new Set<() => void>();
  let state: SessionState = mode === 'none' ? { status: 'signedIn' } : { status: 'starting' };
  let pasted: PastedToken | undefined;
  let issuer: Issuer | undefined;
  const source = (): TokenSource | undefined => issuer ?? pasted;

  const change = (next: SessionState) => {
    state = next;
    listeners.forEach((listener) => listener());
  };

  /** The visitor has to sign in. */
  const lapse = (problem?: string) => {
    // Later requests find no token, and know less about the reason.
    if (problem === undefined && (state.status === 'signedOut' || state.status === 'expired')) return;
    const viewer = 'viewer' in state ? state.viewer : undefined;
    const because = problem === undefined ? {} : { problem };
    change(viewer ? { status: 'expired', viewer, ...because } : { status: 'signedOut', ...because });
  };

  const withToken: Session['withToken'] = async (request) => {
    const tokens = source();
    if (!tokens) return request(undefined);
    let problem: string | undefined;
    for (let tries = 0; tries < 2; tries++) {
      const token = await tokens.current();
      if (token === undefined) break;
      try {
        return await request(token);
      } catch (error) {
        if (!(error instanceof Unauthenticated)) throw error;
        problem = error.message;
        tokens.refused(token);
      }
    }
    lapse(problem);
    throw new SignedOut();
  };

  const identify = async () => {
    const { viewer } = await withToken((token) => send(ViewerDocument, {}, token));
    if (!viewer) throw new Error('The server doesn’t say who is signed in.');
    restoreDrafts(viewer.subject);
    change({ status: 'signedIn', viewer });
  };

  const connect = async () => {
    if (settings.mode === 'token') pasted ??= createPastedToken();
    if (settings.mode !== 'oidc' || issuer) return undefined;
    // Loaded only if it is needed.
    const { createIssuer } = await import('./issuer.js');
    issuer = createIssuer(settings, `${location.origin}${BASE_PATH}/`);
    const completed = await issuer.complete();
    if (completed) replaceAddress(completed.returnTo);
    return completed?.problem;
  };

  return {
    mode,
    get state() {
      return state;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async start() {
      try {
        const problem = await connect();
        if (problem === undefined) await identify();
        else change({ status: 'signedOut', problem });
      } catch (error) {
        if (error instanceof SignedOut) return;
        const problem = error instanceof Error ? error.message : String(error);
        change({ status: mode === 'none' ? 'signedIn' : 'starting', problem });
      }
    },
    withToken,
    async signIn() {
      if (state.status === 'expired') saveDrafts(state.viewer.subject);
      await issuer?.signIn(currentAddress());
    },
    async paste(token) {
      pasted?.paste(token);
      await identify().catch((error: unknown) => {
        // The state says why.
        if (!(error instanceof SignedOut)) throw error;
      });
    },
    async signOut() {
      forgetVisitor();
      change({ status: 'signedOut' });
      await source()?.signOut();
    },
  };
}
