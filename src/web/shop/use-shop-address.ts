import { useEffect } from 'preact/hooks';
import type { Address } from '../router.js';
import { ownerOf, useSession } from '../session/use-session.js';

/** Where this visitor was in the shop last: a look elsewhere loses nothing. In the shop, the link leads to its beginning. */
export function useShopAddress({ path, query }: Address): string {
  const key = `tripsaga:shop of ${ownerOf(useSession())}`;
  const inShop = path === '/' || path === '/review';
  const here = query.size > 0 ? `${path}?${query}` : path;
  useEffect(() => {
    if (!inShop) return;
    if (here === '/') sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, here);
  }, [inShop, here, key]);
  return inShop ? '/' : (sessionStorage.getItem(key) ?? '/');
}
