import { useState } from 'preact/hooks';
import { type BookTripInput, BookTripDocument, type BookTripMutation } from '../../client/generated.js';
import { ask, messageOf } from '../net/ask.js';
import { Unanswered } from '../net/endpoint.js';
import { useOneAtATime } from '../net/use-one-at-a-time.js';
import { navigate } from '../router.js';
import { ownerOf, useSession } from '../session/use-session.js';
import { keptRequest, newKey } from './kept-request.js';

export type BookingRefusal = BookTripMutation['bookTrip']['userErrors'][number];

interface RequestState {
  readonly busy: boolean;
  /** Why the trip wasn't accepted. */
  readonly refusals: readonly BookingRefusal[];
  /** An error that the API gave instead of an answer. */
  readonly problem?: string;
}

/**
 * Books a trip, once: the request is kept until an answer is known, and as long as it is kept, it is sent again as it was.
 * One request is under way at a time.
 */
export function useBookingRequest() {
  const owner = ownerOf(useSession());
  const [state, setState] = useState<RequestState>({ busy: false, refusals: [] });
  const [kept, setKept] = useState(() => keptRequest.read(owner));
  const oneAtATime = useOneAtATime();

  /** @param again after an attempt that nobody answered */
  async function send(input: BookTripInput, again: boolean): Promise<void> {
    setState({ busy: true, refusals: [] });
    try {
      const { booking, userErrors } = (await ask(BookTripDocument, { input })).bookTrip;
      keptRequest.forget(owner);
      setKept(null);
      setState({ busy: false, refusals: userErrors });
      if (booking) navigate(`/bookings/${encodeURIComponent(booking.id)}`);
    } catch (error) {
      // Why the API refuses an attempt says nothing about those before.
      const unknown = again || error instanceof Unanswered;
      if (!unknown) keptRequest.forget(owner);
      setKept(keptRequest.read(owner));
      setState({ busy: false, refusals: [], problem: messageOf(error) });
    }
  }

  return {
    ...state,
    /** The request whose answer isn't known. */
    kept,
    book(trip: Omit<BookTripInput, 'idempotencyKey'>): void {
      void oneAtATime(async () => {
        const before = keptRequest.read(owner);
        const request = before ?? {
          input: { ...trip, idempotencyKey: newKey() },
          at: new Date().toISOString(),
        };
        keptRequest.keep(owner, request);
        await send(request.input, before !== null);
      });
    },
    /** Sends the kept request again. */
    askAgain(): void {
      if (kept) void oneAtATime(() => send(kept.input, true));
    },
    forget(): void {
      keptRequest.forget(owner);
      setKept(null);
      setState({ busy: false, refusals: [] });
    },
  };
}
