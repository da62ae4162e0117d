import { useRef, useState } from 'preact/hooks';
import { type BookTripInput, BookTripDocument, type BookTripMutation } from '../../client/generated.js';
import { ask, messageOf } from '../net/ask.js';
import { Unanswered } from '../net/endpoint.js';
import { currentAddress, navigate } from '../router.js';
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
  // State would be set too late for a double click.
  const underWay = useRef(false);

  async function send(input: BookTripInput): Promise<void> {
    try {
      const { booking, userErrors } = (await ask(BookTripDocument, { input })).bookTrip;
      keptRequest.forget();
      setKept(undefined);
      setState({ busy: false, refusals: userErrors });
      if (booking) navigate(`/bookings/${encodeURIComponent(booking.id)}`);
    } catch (error) {
      const unknown = error instanceof Unanswered;
      if (!unknown) keptRequest.forget();
      setKept(keptRequest.read(owner));
      setState({ busy: false, refusals: [], problem: messageOf(error) });
    } finally {
      underWay.current = false;
    }
  }

  return {
    ...state,
    /** The request whose answer isn't known. */
    kept,
    book(trip: Omit<BookTripInput, 'idempotencyKey'>): void {
      if (underWay.current) return;
      underWay.current = true;
      setState({ busy: true, refusals: [] });
      const request = keptRequest.read(owner) ?? {
        owner,
        input: { ...trip, idempotencyKey: newKey() },
        address: currentAddress(),
        at: new Date().toISOString(),
      };
      keptRequest.keep(request);
      void send(request.input);
    },
    /** Sends the kept request again. */
    askAgain(): void {
      if (underWay.current || !kept) return;
      underWay.current = true;
      setState({ busy: true, refusals: [] });
      void send(kept.input);
    },
    forget(): void {
      keptRequest.forget();
      setKept(undefined);
      setState({ busy: false, refusals: [] });
    },
  };
}
