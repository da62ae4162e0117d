import { BookPage } from './book-page.js';
import { BookingPage } from './booking-page.js';
import { BookingsPage } from './bookings-page.js';
import { Heading } from './elements.js';
import { Link, usePath } from './router.js';

export function App() {
  const path = usePath();
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
        </nav>
      </header>
      <main id="content" tabIndex={-1}>
        <Page path={path} />
      </main>
    </>
  );
}

function Page({ path }: { path: string }) {
  const [, folder, id, ...more] = path.replace(/\/$/, '').split('/');
  if (folder === undefined) return <BookPage />;
  if (folder === 'bookings' && id === undefined) return <BookingsPage />;
  const decoded = more.length === 0 && id !== undefined ? decode(id) : undefined;
  if (folder === 'bookings' && decoded !== undefined) return <BookingPage key={decoded} id={decoded} />;
  return <Heading title="Not found">Page not found</Heading>;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
