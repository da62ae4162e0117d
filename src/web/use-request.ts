import { useState } from 'preact/hooks';
import type { UserErrorPartsFragment, WholeBookingFragment } from '../client/generated.js';

interface Payload {
  readonly booking?: WholeBookingFragment | null;
  readonly userErrors: readonly UserErrorPartsFragment[];
}

/** Sends a button's mutation of a booking, one at a time, and keeps the error message of the latest. */
export function useRequest(accept: (booking: WholeBookingFragment) => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const send = async (request: () => Promise<Payload>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const { booking, userErrors } = await request();
      if (userErrors.length > 0) setProblem(userErrors.map(({ message }) => message).join(' '));
      if (booking) accept(booking);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, send };
}
