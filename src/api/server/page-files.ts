import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import compression from 'compression';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { SignIn } from '../../model/sign-in.js';

/** Only files from this server; no inline script, no eval. */
const OWN_FILES_ONLY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  fontSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  // Covers the subscriptions' WebSocket: 'self' includes ws on this host.
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

const withPolicy = (directives: Record<string, string[]>): RequestHandler =>
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    // HSTS applies to the whole host for a long time, so whatever terminates its TLS decides.
    strictTransportSecurity: false,
  });

/** The page fetches tokens from the issuer that its visitors sign in at. */
const pageSecurity = (signIn: SignIn) =>
  withPolicy(
    signIn.mode === 'oidc'
      ? { ...OWN_FILES_ONLY, connectSrc: ["'self'", new URL(signIn.issuer).origin] }
      : OWN_FILES_ONLY,
  );

/** GraphiQL's editor inserts style elements, and its fonts are embedded in its style sheet. */
const explorerSecurity = withPolicy({
  ...OWN_FILES_ONLY,
  styleSrc: ["'self'", "'unsafe-inline'"],
  fontSrc: ["'self'", 'data:'],
});

export interface PageOptions {
  /** Folder of the built page. */
  readonly folder: string;
  /** Whether GraphiQL is served. */
  readonly graphiql: boolean;
  readonly signIn: SignIn;
  /** Whether developers may try failures on the page. */
  readonly development: boolean;
}

/** Paths that the page routes itself, so that each can be shared and reloaded. Not an Express parameter: an id may be any text. */
const PAGES = /^\/(?:review\/?|(?:bookings|desk)(?:\/[^/]+)?\/?)?$/;
const GRAPHIQL = /^\/graphiql\/?$/;

/** Serves the page built by Vite, and GraphiQL. Serves nothing if the page wasn't built, as when run from the sources. */
export function mountPage(app: Express, options: PageOptions, basePath: string): void {
  const { folder, graphiql, signIn } = options;
  if (!existsSync(join(folder, 'index.html'))) return;
  // Not for /graphql: compression would hold back responses sent in parts.
  const compressed = compression();
  const send = (file: string) => sendPage(join(folder, file), basePath, options);
  app.get(PAGES, pageSecurity(signIn), compressed, send('index.html'));
  if (graphiql) app.get(GRAPHIQL, explorerSecurity, compressed, send('graphiql.html'));
  app.use('/assets', compressed, assets(join(folder, 'assets')), goneAsset);
  // A person who follows a wrong link gets a page that says so; programs get JSON.
  app.get(NO_ASSET, onlyPeople, pageSecurity(signIn), compressed, notFound, send('index.html'));
}

/** After a deploy the assets of the build before are gone, and a proxy must not remember that for those of the next. */
const goneAsset: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

const NO_ASSET = /^(?!\/assets\/)/;

const onlyPeople: RequestHandler = (request, _response, next) =>
  next(request.accepts(['json', 'html']) === 'html' ? undefined : 'route');

const notFound: RequestHandler = (_request, response, next) => {
  response.status(404);
  next();
};

/** Says `none` as long as no server says otherwise, as when Vite serves the page. */
const SIGN_IN = /name="sign-in" content='[^']*'/;
const DEVELOPMENT = /name="development" content="[^"]*"/;

const escaped = (text: string) => text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);

/** Browsers revalidate the page every time, by its ETag, because it names the assets of the current build. */
function sendPage(file: string, basePath: string, { signIn, development }: PageOptions): RequestHandler {
  return async (_request, response, next) => {
    const html = await readFile(file, 'utf8').catch(() => undefined);
    // Deleted since startup: respond as for any other unknown path.
    if (html === undefined) return next();
    // Vite writes relative URLs, which would break below /bookings/.
    const linked = html.replaceAll('"./assets/', `"${basePath}/assets/`);
    const complete = linked
      .replace(SIGN_IN, () => `name="sign-in" content="${escaped(JSON.stringify(signIn))}"`)
      .replace(DEVELOPMENT, `name="development" content="${development}"`);
    response.set('Cache-Control', 'no-cache').type('html').send(complete);
  };
}

/** Their names contain a hash of their content, so they never change. */
const assets = (folder: string): RequestHandler =>
  express.static(folder, {
    index: false,
    redirect: false,
    immutable: true,
    maxAge: '1y',
    setHeaders: (response) => void response.setHeader('X-Content-Type-Options', 'nosniff'),
  });
