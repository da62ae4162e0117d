/** Built, every script is in the folder `assets`; Vite's own server serves them where they are. */
const ROOT = import.meta.env.DEV ? '/' : '..';

/** Where the page's addresses begin: `` or, behind a proxy, something like `/shop`. Whence this script came tells it. */
export const BASE_PATH = new URL(ROOT, import.meta.url).pathname.replace(/\/$/, '');
