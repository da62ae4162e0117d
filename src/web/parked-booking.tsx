import { ResumeBookingDocument, type WholeBookingFragment } from '../client/generated.js';
import { ask } from './ask.js';
import { CancelForm } from './cancel-form.js';
import { useRequest } from './use-request.js';

interface ParkedBookingProps {
  readonly id: string;
  readonly accept: (booking: WholeBookingFragment) => void;
}

/** What an operator can do about a booking that was stopped from outside half-way. */
export function ParkedBooking({ id, accept }: ParkedBookingProps) {
  const { busy, problem, send } = useRequest(accept);
  return (
    <>
      <p>The booking was stopped from outside, half-way. Its suppliers may hold any of it.</p>
      <dl class="choices">
        <div>
          <dt>
            <button
              type="button"
              aria-disabled={busy}
              onClick={() =>
                void send(async () => (await ask(ResumeBookingDocument, { input: { id } })).resumeBooking)
              }
            >
              Let it go on
            </button>
          </dt>
          <dd>The trip is booked after all. What is held already is not booked twice.</dd>
        </div>
        <div>
          <dt>
            <CancelForm id={id} accept={accept} />
          </dt>
          <dd>Everything that may be held is released, and the trip is cancelled.</dd>
        </div>
      </dl>
      <div role="alert">{problem !== undefined && <p class="note bad">{problem}</p>}</div>
    </>
  );
}
