import { isIP } from 'node:net';
import { compile } from 'proxy-addr';
import { commaSeparated, plainUrl, wholeNumber } from './fields.js';
import { setting } from './setting.js';

/** The first segments of our own paths. Below one of them it would be unclear whether a proxy has stripped PUBLIC_URL's path. */
const OUR_PATHS = /^\/(?:graphql|graphiql|bookings|assets)(?:\/|$)/i;

/** The path is written into HTML, and compared without decoding. */
const PLAIN_PATH = /^(?:\/[\w.~%-]+)*\/?$/;

const publicUrl = plainUrl
  .refine(
    (url) => PLAIN_PATH.test(pathOf(url)),
    'must have a path of only letters, digits and -._~%, or no path',
  )
  .refine(
    (url) => !OUR_PATHS.test(pathOf(url)),
    "must be the page's address, without /graphql, /graphiql, /bookings or /assets",
  )
  .transform((url) => {
    const { origin, pathname } = new URL(url);
    return `${origin}${pathname.replace(/\/$/, '')}`;
  });

/** An invalid URL has already been reported. */
const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname : '/');

const WORDS = ['loopback', 'linklocal', 'uniquelocal'];

const trustedProxies = commaSeparated.check(({ value, issues }) => {
  for (const proxy of value) {
    const problem = problemOf(proxy);
    if (problem) issues.push({ code: 'custom', input: proxy, message: `${proxy}: ${problem}` });
  }
});

function problemOf(proxy: string): string | undefined {
  if (proxy === 'true') return 'would trust every client; list the addresses of your proxies';
  if (/^\d+$/.test(proxy)) {
    return 'a number of hops would trust clients that bypass a proxy; list the addresses of your proxies';
  }
  if (WORDS.includes(proxy)) return undefined;
  // The package would also accept 10 and 0x7f.1 as addresses.
  const [address = ''] = proxy.split('/');
  return isIP(address) && isSubnet(proxy)
    ? undefined
    : `must be an address, a subnet such as 10.0.0.0/8, or one of ${WORDS.join(', ')}`;
}

function isSubnet(proxy: string): boolean {
  try {
    compile(proxy);
    return true;
  } catch {
    return false;
  }
}

/** The API's settings about the proxies in front of it. */
export const PROXY_SETTINGS = {
  /** The page's public address, without a trailing slash. */
  publicUrl: setting('PUBLIC_URL', publicUrl.optional()),
  /** The proxies whose X-Forwarded-* headers are trusted. */
  trustProxy: setting('TRUST_PROXY', trustedProxies, ''),
  /** How long idle connections stay open. Must exceed the proxy's, so that none is closed while a request is on its way. */
  keepAliveSeconds: setting('KEEP_ALIVE_SECONDS', wholeNumber(1, 7200), '65'),
};
