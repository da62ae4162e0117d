/** Where the page's access tokens come from. */
export interface TokenSource {
  /** A token to send; undefined if the visitor has to sign in. @throws Error whose message can be shown */
  current(): Promise<string | undefined>;
  /** The API refused a token, so it must not be sent again. */
  refused(token: string): void;
  /** Forgets the tokens. May leave the page. */
  signOut(): Promise<void>;
}
