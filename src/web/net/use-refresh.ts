import { useEffect } from 'preact/hooks';

/** Calls back a while after each answer, as long as the visitor looks at the page, and when they come back to it. */
export function useRefresh(reload: () => void, loading: boolean, everyMs: number): void {
  useEffect(() => {
    if (loading) return;
    const look = () => document.visibilityState === 'visible' && reload();
    const timer = setInterval(look, everyMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [loading]);
}
