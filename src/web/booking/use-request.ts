import { useState } from 'preact/hooks';
import type { UserErrorPartsFragment, WholeBookingFragment } from '../../client/generated.js';
import { messageOf } from '../net/ask.js';
import { Unanswered } from '../net/endpoint.js';

interface Payload {
  readonly booking?: WholeBookingFragment | null;
  readonly userErrors: readonly UserErrorPartsFragment[];
}

/** Sends a button's mutation of a booking, one at a time, and keeps the error message of the latest. */
export function useRequest(accept: (booking: WholeBookingFragment) => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  /** @returns whether it was accepted. A mutation of a booking may be sent twice: what is done already isn't done again. */
  const send = async (request: () => Promise<Payload>): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setProblem(undefined);
    try {
      const { booking, userErrors } = await request();
      if (userErrors.length > 0) setProblem(userErrors.map(({ message }) => message).join(' '));
      if (booking) accept(booking);
      return userErrors.length === 0;
    } catch (error) {
      setProblem(error instanceof Unanswered ? `${error.message} ${UNKNOWN}` : messageOf(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, send };
}

const UNKNOWN = 'We don’t know yet whether it was done. Press again, it is safe.';
