import { CancelBookingDocument, type WholeBookingFragment } from '../../client/generated.js';
import { ask } from '../net/ask.js';
import { useDraft } from '../session/drafts.js';
import { Field } from '../look/elements.js';
import { DecisionDialog } from './decision-dialog.js';
import { isParked } from './parked.js';
import { callOffMeans } from './sentences.js';

interface CallOffProps {
  readonly booking: WholeBookingFragment;
  readonly accept: (booking: WholeBookingFragment) => void;
}

export const canCallOff = ({ cancellation, status, legs }: WholeBookingFragment): boolean =>
  !cancellation &&
  (status === 'PENDING' || status === 'BOOKING' || status === 'CONFIRMED' || isParked({ status, legs }));

/** For travellers and operators alike. */
export function CallOff({ booking, accept }: CallOffProps) {
  const { id } = booking;
  const [reason, setReason] = useDraft(`reason ${id}`, '');
  return (
    <DecisionDialog
      name={`call off ${id}`}
      opener="Call it off…"
      title="Call the trip off?"
      confirm="Call the trip off"
      keep="Keep the trip"
      danger
      request={async () => {
        const input = reason.trim() ? { id, reason } : { id };
        return (await ask(CancelBookingDocument, { input })).cancelBooking;
      }}
      accept={accept}
    >
      {() => (
        <>
          <p>{callOffMeans(booking)}</p>
          <Field
            name="reason"
            label="Reason (optional)"
            maxLength={500}
            autocomplete="off"
            value={reason}
            onValue={setReason}
          />
        </>
      )}
    </DecisionDialog>
  );
}
