import { useRef } from 'preact/hooks';

/** Carries out one action at a time, and ignores what comes meanwhile. State would be set too late for a double click. */
export function useOneAtATime(): (action: () => Promise<void>) => Promise<void> {
  const underWay = useRef(false);
  return async (action) => {
    if (underWay.current) return;
    underWay.current = true;
    try {
      await action();
    } finally {
      underWay.current = false;
    }
  };
}
