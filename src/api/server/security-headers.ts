import helmet from 'helmet';
import type { RequestHandler } from 'express';

/** Nothing but what this server sends itself; no inline script, no eval. */
const OWN_FILES_ONLY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  // Covers the subscriptions' WebSocket too: 'self' means this host, under ws as well.
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

const withPolicy = (directives: Record<string, string[]>): RequestHandler =>
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    // For all of a host, and for long: whoever ends its TLS decides.
    strictTransportSecurity: false,
  });

export const pageSecurity = withPolicy(OWN_FILES_ONLY);

/** GraphiQL's editor writes style elements, and its fonts are in its style sheet. */
export const explorerSecurity = withPolicy({
  ...OWN_FILES_ONLY,
  styleSrc: ["'self'", "'unsafe-inline'"],
  fontSrc: ["'self'", 'data:'],
});
