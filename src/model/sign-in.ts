/** How the page signs its visitors in. The API says so in the page that it serves. */
export type SignIn =
  /** Not at all: everyone may do everything. */
  | { readonly mode: 'none' }
  /** By a token that they paste. */
  | { readonly mode: 'token' }
  /** By OpenID Connect. */
  | ({ readonly mode: 'oidc' } & OidcClient);

/** The page as a client of an OpenID provider. */
export interface OidcClient {
  readonly issuer: string;
  readonly clientId: string;
  /** Whom the access tokens are for: the API. */
  readonly audience: string;
  /** The scopes to ask for, separated by spaces. */
  readonly scope: string;
}
