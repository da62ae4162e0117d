import { isIP } from 'node:net';
import { compile } from 'proxy-addr';
import { commaSeparated, plainUrl, wholeNumber } from './fields.js';
import { setting } from './setting.js';

/** First parts of our own paths: below one of them nobody could tell whether a proxy has taken the path of PUBLIC_URL away. */
const OUR_PATHS = /^\/(?:graphql|graphiql|bookings|assets)(?:\/|$)/i;

/** Its path is written into HTML, and compared as it is. */
const PLAIN_PATH = /^(?:\/[\w.~%-]+)*\/?$/;

const publicUrl = plainUrl
  .refine(
    (url) => PLAIN_PATH.test(pathOf(url)),
    'must have a path of letters, digits and -._~% only, or none',
  )
  .refine(
    (url) => !OUR_PATHS.test(pathOf(url)),
    'must be the address of the page, not of /graphql, /graphiql, /bookings or /assets below it',
  )
  .transform((url) => {
    const { origin, pathname } = new URL(url);
    return `${origin}${pathname.replace(/\/$/, '')}`;
  });

/** What is wrong otherwise is said already. */
const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname : '/');

const WORDS = ['loopback', 'linklocal', 'uniquelocal'];

const trustedProxies = commaSeparated.check(({ value, issues }) => {
  for (const proxy of value) {
    const problem = problemOf(proxy);
    if (problem) issues.push({ code: 'custom', input: proxy, message: `${proxy}: ${problem}` });
  }
});

function problemOf(proxy: string): string | undefined {
  if (proxy === 'true') return 'would believe whoever connects; name the addresses of your proxies';
  if (/^\d+$/.test(proxy)) {
    return 'a number of hops would believe whoever comes by a shorter way; name the addresses of your proxies';
  }
  if (WORDS.includes(proxy)) return undefined;
  // The package would take 10 and 0x7f.1 for addresses as well.
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

/** Of the API: what it has to know of what stands before it. */
export const PROXY_SETTINGS = {
  /** Where people find the page, without a slash at its end. */
  publicUrl: setting('PUBLIC_URL', publicUrl.optional()),
  /** Whose X-Forwarded-* headers are believed. */
  trustProxy: setting('TRUST_PROXY', trustedProxies, ''),
  /** How long a connection may be idle; longer than a proxy keeps it, so that none is closed under its next request. */
  keepAliveSeconds: setting('KEEP_ALIVE_SECONDS', wholeNumber(1, 7200), '65'),
};
