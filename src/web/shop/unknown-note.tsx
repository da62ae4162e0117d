import { clock } from '../look/format.js';
import { Link } from '../router.js';
import type { useBookingRequest } from './use-booking-request.js';

/** What can be done about a request to book whose answer isn't known. */
export function UnknownNote({ request }: { request: ReturnType<typeof useBookingRequest> }) {
  const { kept, busy, problem } = request;
  if (!kept || (busy && !problem)) return null;
  return (
    <section class="attention" aria-labelledby="unknown">
      <div role="alert">
        <h2 id="unknown">We don’t know yet whether your trip was booked</h2>
        <p>
          You asked for a trip for <bdi>{kept.input.name}</bdi> at {clock(kept.at)}. {problem} Press again, it
          is safe: the trip is booked once.
        </p>
      </div>
      <div class="actions">
        <button type="button" class="main-action" aria-disabled={busy} onClick={() => request.askAgain()}>
          Ask again
        </button>
        <Link href="/bookings">Look at your bookings</Link>
        <button type="button" onClick={() => request.forget()}>
          Forget this request
        </button>
      </div>
      <p class="quiet">If you forget it, look at your bookings first: it may have been booked.</p>
    </section>
  );
}
