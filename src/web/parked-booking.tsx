import { ResumeBookingDocument, type WholeBookingFragment } from '../client/generated.js';
import { ask } from './ask.js';
import { CancelForm } from './cancel-form.js';
import { useRequest } from './use-request.js';

interface ParkedBookingProps {
  readonly id: string;
  readonly accept: (booking: WholeBookingFragment) => void;
}

/** An operator's choices for a parked booking. */
export function ParkedBooking({ id, accept }: ParkedBookingProps) {
  const { busy, problem, send } = useRequest(accept);
  return (
    <>
      <p>The booking’s workflow was stopped before it finished. Suppliers may hold any part of the trip.</p>
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
              Resume the booking
            </button>
          </dt>
          <dd>The trip is booked after all. What is already reserved is not reserved twice.</dd>
        </div>
        <div>
          <dt>
            <CancelForm id={id} accept={accept} />
          </dt>
          <dd>Everything that suppliers may hold is released, and the trip is cancelled.</dd>
        </div>
      </dl>
      <div role="alert">{problem !== undefined && <p class="note bad">{problem}</p>}</div>
    </>
  );
}
