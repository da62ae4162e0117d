import { ReviewPage } from './shop/review-page.js';
import { ShopPage } from './shop/shop-page.js';
import { useShopAddress } from './shop/use-shop-address.js';
import { BookingPage } from './booking/booking-page.js';
import { BookingsPage } from './bookings/bookings-page.js';
import { isDevelopment } from './development.js';
import { Heading } from './look/elements.js';
import { Mark } from './look/mark.js';
import { DeskBookingPage, DeskPage } from './desk/desk-page.js';
import { type Address, Link, useAddress } from './router.js';
import type { SessionState } from './session/session.js';
import { SignInAgain, SignInPage, Starting, Visitor } from './session/sign-in-page.js';
import { isOperator, useSession } from './session/use-session.js';

export function App() {
  const address = useAddress();
  const { path } = address;
  const state = useSession();
  const shop = useShopAddress(address);
  return (
    <>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <header class="top">
        <p class="brand">
          <Mark /> Tripsaga
        </p>
        <nav aria-label="Pages">
          <Link href={shop} current={path === '/'}>
            Find a trip
          </Link>
          <Link href="/bookings" current={path === '/bookings'}>
            Bookings
          </Link>
          {isOperator(state) && (
            <Link href="/desk" current={path === '/desk'}>
              Desk
            </Link>
          )}
        </nav>
        <Visitor state={state} />
      </header>
      <main id="content" tabIndex={-1}>
        <Content address={address} state={state} />
      </main>
    </>
  );
}

function Content({ address, state }: { address: Address; state: SessionState }) {
  if (state.status === 'starting') return <Starting problem={state.problem} />;
  if (state.status === 'signedOut') return <SignInPage problem={state.problem} />;
  return (
    <>
      {state.status === 'expired' && <SignInAgain problem={state.problem} />}
      {/* Nothing of one visitor's is left when another signs in. */}
      <Page key={`of ${state.viewer?.subject ?? 'anonymous'}`} {...address} />
    </>
  );
}

function Page({ path, query, entry }: Address) {
  const [, folder, id, ...more] = path.replace(/\/$/, '').split('/');
  if (folder === undefined) return <ShopPage query={query} development={isDevelopment()} />;
  if (id === undefined) {
    if (folder === 'review') return <ReviewPage query={query} />;
    if (folder === 'bookings') return <BookingsPage key={entry} query={query} />;
    if (folder === 'desk') return <DeskPage key={entry} query={query} />;
  }
  const decoded = more.length === 0 && id !== undefined ? decode(id) : undefined;
  if (decoded !== undefined) {
    if (folder === 'bookings') return <BookingPage key={decoded} id={decoded} />;
    if (folder === 'desk') return <DeskBookingPage key={decoded} id={decoded} />;
  }
  return <NotFound />;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

const NotFound = () => (
  <>
    <Heading title="Not found">There is no such page</Heading>
    <p>The link may be old, or cut off at its end.</p>
    <p>
      <Link href="/">Find a trip</Link> or look at <Link href="/bookings">your bookings</Link>.
    </p>
  </>
);
