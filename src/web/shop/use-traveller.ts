import { useState } from 'preact/hooks';
import { ownerOf, useSession } from '../session/use-session.js';

/** The name that this visitor typed last; kept as it is typed, until they sign out or the tab is closed. */
export function useTraveller() {
  const key = `tripsaga:traveller of ${ownerOf(useSession())}`;
  const [name, setName] = useState(() => sessionStorage.getItem(key) ?? '');
  return [
    name,
    (typed: string) => {
      sessionStorage.setItem(key, typed);
      setName(typed);
    },
  ] as const;
}
