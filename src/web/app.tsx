import { BookPage } from './shop/book-page.js';
import { BookingPage } from './booking/booking-page.js';
import { BookingsPage } from './bookings/bookings-page.js';
import { Heading } from './look/elements.js';
import { OperateBookingPage, OperatePage } from './desk/operate-page.js';
import { Link, useAddress } from './router.js';
import type { SessionState } from './session/session.js';
import { SignInAgain, SignInPage, Starting, Visitor } from './session/sign-in-page.js';
import { isOperator, useSession } from './session/use-session.js';

export function App() {
  const { path } = useAddress();
  const state = useSession();
  return (
    <>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <header class="top">
        <p class="brand">Tripsaga</p>
        <nav aria-label="Pages">
          <Link href="/" current={path === '/'}>
            Book a trip
          </Link>
          <Link href="/bookings" current={path === '/bookings'}>
            Bookings
          </Link>
          {isOperator(state) && (
            <Link href="/operate" current={path === '/operate'}>
              Operate
            </Link>
          )}
        </nav>
        <Visitor state={state} />
      </header>
      <main id="content" tabIndex={-1}>
        <Content path={path} state={state} />
      </main>
    </>
  );
}

function Content({ path, state }: { path: string; state: SessionState }) {
  if (state.status === 'starting') return <Starting problem={state.problem} />;
  if (state.status === 'signedOut') return <SignInPage problem={state.problem} />;
  return (
    <>
      {state.status === 'expired' && <SignInAgain problem={state.problem} />}
      {/* Nothing of one visitor's is left when another signs in. */}
      <Page key={`of ${state.viewer?.subject ?? 'anonymous'}`} path={path} />
    </>
  );
}

function Page({ path }: { path: string }) {
  const [, folder, id, ...more] = path.replace(/\/$/, '').split('/');
  if (folder === undefined) return <BookPage />;
  if (id === undefined) {
    if (folder === 'bookings') return <BookingsPage />;
    if (folder === 'operate') return <OperatePage />;
  }
  const decoded = more.length === 0 && id !== undefined ? decode(id) : undefined;
  if (decoded !== undefined) {
    if (folder === 'bookings') return <BookingPage key={decoded} id={decoded} />;
    if (folder === 'operate') return <OperateBookingPage key={decoded} id={decoded} />;
  }
  return <Heading title="Not found">Page not found</Heading>;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
