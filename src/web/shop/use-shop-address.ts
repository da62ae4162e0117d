import { useEffect, useState } from 'preact/hooks';
import type { Address } from '../router.js';

const KEY = 'tripsaga:shop';

/** Where the visitor was in the shop last: a look elsewhere loses nothing. In the shop, the link leads to its beginning. */
export function useShopAddress({ path, query }: Address): string {
  const [latest, setLatest] = useState(() => sessionStorage.getItem(KEY) ?? '/');
  const inShop = path === '/' || path === '/review';
  const here = query.size > 0 ? `${path}?${query}` : path;
  useEffect(() => {
    if (!inShop) return;
    if (here === '/') sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, here);
    setLatest(here);
  }, [inShop, here]);
  return inShop ? '/' : latest;
}
