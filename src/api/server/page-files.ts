import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import compression from 'compression';
import express, { type Express, type RequestHandler } from 'express';
import { explorerSecurity, pageSecurity } from './security-headers.js';

export interface PageOptions {
  /** Where the built page is. */
  readonly folder: string;
  /** Whether GraphiQL is served. */
  readonly graphiql: boolean;
}

/** The addresses that the page draws itself: each can be shared and reloaded. No parameter: no id is too odd for it. */
const PAGES = /^\/(?:bookings(?:\/[^/]+)?\/?)?$/;
const GRAPHIQL = /^\/graphiql\/?$/;

/** Serves the page built by Vite, and GraphiQL. Where nothing was built, as when run from the sources, nothing is served. */
export function mountPage(app: Express, { folder, graphiql }: PageOptions, basePath: string): void {
  if (!existsSync(join(folder, 'index.html'))) return;
  // Not for /graphql: packing would hold back answers that come in pieces.
  const packed = compression();
  app.get(PAGES, pageSecurity, packed, sendPage(join(folder, 'index.html'), basePath));
  if (graphiql)
    app.get(GRAPHIQL, explorerSecurity, packed, sendPage(join(folder, 'graphiql.html'), basePath));
  app.use('/assets', packed, assets(join(folder, 'assets')));
}

/** Asked for again every time, by its ETag: it names the assets of the build that is served now. */
function sendPage(file: string, basePath: string): RequestHandler {
  return async (_request, response, next) => {
    const html = await readFile(file, 'utf8').catch(() => undefined);
    // Gone meanwhile: told as any other address that is not there.
    if (html === undefined) return next();
    // Vite leaves them relative: below /bookings/ they would lead nowhere.
    const linked = html.replaceAll('"./assets/', `"${basePath}/assets/`);
    response.set('Cache-Control', 'no-cache').type('html').send(linked);
  };
}

/** Their names are made of their content, so that they never change. */
const assets = (folder: string): RequestHandler =>
  express.static(folder, {
    index: false,
    redirect: false,
    immutable: true,
    maxAge: '1y',
    setHeaders: (response) => void response.setHeader('X-Content-Type-Options', 'nosniff'),
  });
