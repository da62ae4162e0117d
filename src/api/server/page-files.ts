import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import compression from 'compression';
import express, { type Express, type RequestHandler } from 'express';
import { explorerSecurity, pageSecurity } from './security-headers.js';

export interface PageOptions {
  /** Folder of the built page. */
  readonly folder: string;
  /** Whether GraphiQL is served. */
  readonly graphiql: boolean;
}

/** Paths that the page routes itself, so that each can be shared and reloaded. Not an Express parameter: an id may be any text. */
const PAGES = /^\/(?:bookings(?:\/[^/]+)?\/?)?$/;
const GRAPHIQL = /^\/graphiql\/?$/;

/** Serves the page built by Vite, and GraphiQL. Serves nothing if the page wasn't built, as when run from the sources. */
export function mountPage(app: Express, { folder, graphiql }: PageOptions, basePath: string): void {
  if (!existsSync(join(folder, 'index.html'))) return;
  // Not for /graphql: compression would hold back responses sent in parts.
  const compressed = compression();
  app.get(PAGES, pageSecurity, compressed, sendPage(join(folder, 'index.html'), basePath));
  if (graphiql)
    app.get(GRAPHIQL, explorerSecurity, compressed, sendPage(join(folder, 'graphiql.html'), basePath));
  app.use('/assets', compressed, assets(join(folder, 'assets')));
}

/** Browsers revalidate the page every time, by its ETag, because it names the assets of the current build. */
function sendPage(file: string, basePath: string): RequestHandler {
  return async (_request, response, next) => {
    const html = await readFile(file, 'utf8').catch(() => undefined);
    // Deleted since startup: respond as for any other unknown path.
    if (html === undefined) return next();
    // Vite writes relative URLs, which would break below /bookings/.
    const linked = html.replaceAll('"./assets/', `"${basePath}/assets/`);
    response.set('Cache-Control', 'no-cache').type('html').send(linked);
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
