import { useState } from 'preact/hooks';
import type { UserErrorPartsFragment, WholeBookingFragment } from '../../client/generated.js';
import { messageOf } from '../net/ask.js';
import { Unanswered } from '../net/endpoint.js';
import { useOneAtATime } from '../net/use-one-at-a-time.js';

export interface Payload {
  readonly booking?: WholeBookingFragment | null;
  readonly userErrors: readonly UserErrorPartsFragment[];
}

/**
 * Sends a dialog's mutation of a booking, one at a time, and keeps the error message of the latest. It may be sent again: what
 * is done already isn't done twice.
 * @param done called first if the API has carried it out, because the dialog must still be there to return the focus
 */
export function useRequest(done: () => void, accept: (booking: WholeBookingFragment) => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const oneAtATime = useOneAtATime();
  const send = (request: () => Promise<Payload>): Promise<void> =>
    oneAtATime(async () => {
      setBusy(true);
      setProblem(undefined);
      try {
        const { booking, userErrors } = await request();
        if (userErrors.length > 0) setProblem(userErrors.map(({ message }) => message).join(' '));
        else done();
        if (booking) accept(booking);
      } catch (error) {
        setProblem(error instanceof Unanswered ? `${error.message} ${UNKNOWN}` : messageOf(error));
      } finally {
        setBusy(false);
      }
    });
  return { busy, problem, send };
}

const UNKNOWN = 'We don’t know yet whether it was done. Press again, it is safe.';
