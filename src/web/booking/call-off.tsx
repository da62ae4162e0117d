import { CancelBookingDocument, type WholeBookingFragment } from '../../client/generated.js';
import { ask } from '../net/ask.js';
import { useDraft } from '../session/drafts.js';
import { Dialog } from '../look/dialog.js';
import { Field } from '../look/elements.js';
import { isParked } from './parked.js';
import { callOffMeans } from './sentences.js';
import { useRequest } from './use-request.js';

interface CallOffProps {
  readonly booking: WholeBookingFragment;
  readonly accept: (booking: WholeBookingFragment) => void;
}

export const canCallOff = ({ cancellation, status, legs }: WholeBookingFragment): boolean =>
  !cancellation &&
  (status === 'PENDING' || status === 'BOOKING' || status === 'CONFIRMED' || isParked({ status, legs }));

/** Takes two steps, because calling off can't be reversed: the button opens a dialog that says so and asks for the reason. */
export function CallOff({ booking, accept }: CallOffProps) {
  const { id } = booking;
  const [open, setOpen] = useDraft(`call-off ${id}`, false);
  const [reason, setReason] = useDraft(`reason ${id}`, '');
  const { busy, problem, send } = useRequest((answer) => {
    setOpen(false);
    accept(answer);
  });
  const callOff = () => {
    const input = reason.trim() ? { id, reason } : { id };
    void send(async () => (await ask(CancelBookingDocument, { input })).cancelBooking);
  };
  return (
    <Dialog
      opener="Call it off…"
      openerClass="danger"
      title="Call the trip off?"
      open={open}
      onOpen={setOpen}
    >
      <form
        class="call-off"
        onSubmit={(event) => {
          event.preventDefault();
          callOff();
        }}
      >
        <p>{callOffMeans(booking)}</p>
        <Field
          name="reason"
          label="Reason (optional)"
          maxLength={500}
          autocomplete="off"
          value={reason}
          onValue={setReason}
        />
        <div role="alert">{problem !== undefined && <p class="note bad">{problem}</p>}</div>
        <div class="actions">
          <button type="submit" class="danger" aria-disabled={busy}>
            Call the trip off
          </button>
          <button type="button" onClick={() => setOpen(false)}>
            Keep the trip
          </button>
        </div>
      </form>
    </Dialog>
  );
}
