/** Built, every script is in the folder `assets`; Vite's own server serves them where they are. */
const ROOT = import.meta.env.DEV ? '/' : '..';

/** Where the page's addresses begin: `` or, behind a proxy, something like `/shop`. Whence this script came tells it. */
export const BASE_PATH = new URL(ROOT, import.meta.url).pathname.replace(/\/$/, '');

/** Subscriptions are served from the same host as the page. */
export function socketUrl(): string {
  const url = new URL(`${BASE_PATH}/graphql`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
