import helmet from 'helmet';
import type { RequestHandler } from 'express';

/** Only files from this server; no inline script, no eval. */
const OWN_FILES_ONLY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
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

export const pageSecurity = withPolicy(OWN_FILES_ONLY);

/** GraphiQL's editor inserts style elements, and its fonts are embedded in its style sheet. */
export const explorerSecurity = withPolicy({
  ...OWN_FILES_ONLY,
  styleSrc: ["'self'", "'unsafe-inline'"],
  fontSrc: ["'self'", 'data:'],
});
