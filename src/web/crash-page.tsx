import type { ComponentChildren } from 'preact';
import { useErrorBoundary } from 'preact/hooks';
import { BASE_PATH } from './base-path.js';

/** Shows what can be done after an error in the page itself, which would leave it blank. */
export function CrashGuard({ children }: { children: ComponentChildren }) {
  const [error] = useErrorBoundary((thrown: unknown) => console.error(thrown)) as [unknown, () => void];
  if (error === undefined) return <>{children}</>;
  return (
    <main>
      <h1>Something went wrong on this page</h1>
      <p class="note bad" role="alert">
        This is our fault. Nothing that you booked is lost, and what you have typed is kept.
      </p>
      <p>
        <button type="button" class="main-action" onClick={() => location.reload()}>
          Reload the page
        </button>{' '}
        <a href={`${BASE_PATH}/bookings`}>Your bookings</a>
      </p>
    </main>
  );
}
