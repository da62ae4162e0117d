const KEY = 'tripsaga:reloaded';
const AT_MOST_EVERY_MS = 60_000;

/**
 * After a deploy, the parts of the page that a visitor hasn't loaded yet are gone. Then the page is loaded anew, but not over
 * and over: if they are still missing, the error is shown instead.
 */
export function reloadAfterDeploy(): void {
  addEventListener('vite:preloadError', (event) => {
    const latest = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - latest < AT_MOST_EVERY_MS) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    event.preventDefault();
    location.reload();
  });
}
