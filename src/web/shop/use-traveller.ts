import { useState } from 'preact/hooks';

const KEY = 'tripsaga:traveller';

/** The name that was typed last; kept as it is typed, until the tab is closed. */
export function useTraveller() {
  const [name, setName] = useState(() => sessionStorage.getItem(KEY) ?? '');
  return [
    name,
    (typed: string) => {
      sessionStorage.setItem(KEY, typed);
      setName(typed);
    },
  ] as const;
}
