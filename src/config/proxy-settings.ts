import { isIP } from 'node:net';
import { compile } from 'proxy-addr';
import { commaSeparated, plainUrl, setting, wholeNumber } from './settings.js';

/** Our own paths. If PUBLIC_URL were below one, a request's path wouldn't show whether a proxy has stripped the base path. */
const OUR_PATHS = /^\/(?:graphql|graphiql|review|bookings|desk|assets)(?:\/|$)/i;

/** The path is written into HTML and compared literally. */
const PLAIN_PATH = /^(?:\/[\w.~%-]+)*\/?$/;

const publicUrl = plainUrl
  .refine(
    (url) => PLAIN_PATH.test(pathOf(url)),
    'must have a path of only letters, digits and -._~%, or none',
  )
  .refine(
    (url) => !OUR_PATHS.test(pathOf(url)),
    'must be the address of the page, not of /graphql, /graphiql, /review, /bookings, /desk or /assets below it',
  )
  .transform((url) => {
    const { origin, pathname } = new URL(url);
    return `${origin}${pathname.replace(/\/$/, '')}`;
  });

/** An invalid URL is reported by `plainUrl`. */
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
    return 'a hop count would trust clients that bypass a proxy; list the addresses of your proxies';
  }
  if (WORDS.includes(proxy)) return undefined;
  // The package also accepts 10 and 0x7f.1 as addresses.
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

/** Settings of the API about the proxies in front of it. */
export const PROXY_SETTINGS = {
  /** The public address of the page, without a trailing slash. */
  publicUrl: setting('PUBLIC_URL', publicUrl.optional()),
  /** The proxies whose X-Forwarded-* headers are trusted. */
  trustProxy: setting('TRUST_PROXY', trustedProxies, ''),
  /** How long a connection may be idle; longer than a proxy keeps it, so that none is closed while a request is in flight. */
  keepAliveSeconds: setting('KEEP_ALIVE_SECONDS', wholeNumber(1, 7200), '65'),
};
