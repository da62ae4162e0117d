import {
  ResumeBookingDocument,
  RetryUndoDocument,
  SettleUndoDocument,
  type WholeBookingFragment,
} from '../../client/generated.js';
import { ask } from '../net/ask.js';
import { CallOff } from '../booking/call-off.js';
import { isParked } from '../booking/parked.js';
import { useDraft } from '../session/drafts.js';
import { Field } from '../look/elements.js';
import { Link } from '../router.js';
import { useRequest } from '../booking/use-request.js';
import { legName } from '../look/words.js';

interface OperatorPartsProps {
  readonly booking: WholeBookingFragment;
  readonly accept: (booking: WholeBookingFragment) => void;
}

/** What only operators can do with a booking, if there is anything. */
export function OperatorParts({ booking, accept }: OperatorPartsProps) {
  const { id, legs } = booking;
  const stuck = legs.filter(({ state }) => state === 'UNDO_FAILED');
  const parked = isParked(booking);
  return (
    <>
      {(parked || stuck.length > 0) && (
        <section aria-labelledby="attention" class="attention">
          <h2 id="attention">Needs a decision</h2>
          {parked ? (
            <ParkedBooking booking={booking} accept={accept} />
          ) : (
            <>
              <p>The suppliers may still hold these. Retry the undo, or release them by hand and note how.</p>
              {stuck.map((leg) => (
                <StuckLeg
                  key={leg.id}
                  bookingId={id}
                  legId={leg.id}
                  title={legName(legs, leg)}
                  accept={accept}
                />
              ))}
            </>
          )}
        </section>
      )}
      <p class="actions">
        <Link href={`/bookings/${encodeURIComponent(id)}`}>The traveller’s view</Link>
      </p>
    </>
  );
}

interface StuckLegProps {
  readonly bookingId: string;
  readonly legId: string;
  readonly title: string;
  readonly accept: (booking: WholeBookingFragment) => void;
}

/** An operator's choices for a leg that could not be released. */
function StuckLeg({ bookingId: id, legId, title, accept }: StuckLegProps) {
  const [note, setNote] = useDraft(`note ${id} ${legId}`, '');
  const { busy, problem, send } = useRequest(accept);
  return (
    <form
      class="inline-form"
      aria-label={`${title}: undo stuck`}
      onSubmit={(event) => {
        event.preventDefault();
        void send(async () => (await ask(SettleUndoDocument, { input: { id, legId, note } })).settleUndo);
      }}
    >
      <button
        type="button"
        aria-disabled={busy}
        onClick={() =>
          void send(async () => (await ask(RetryUndoDocument, { input: { id, legId } })).retryUndo)
        }
      >
        Retry the undo of the {title.toLowerCase()}
      </button>
      <Field
        name={`note-${legId}`}
        label={`How the ${title.toLowerCase()} was released by hand`}
        value={note}
        onValue={setNote}
        problem={problem}
      />
      <button type="submit" aria-disabled={busy}>
        Settle the {title.toLowerCase()}
      </button>
    </form>
  );
}

interface ParkedBookingProps {
  readonly booking: WholeBookingFragment;
  readonly accept: (booking: WholeBookingFragment) => void;
}

/** An operator's choices for a parked booking. */
function ParkedBooking({ booking, accept }: ParkedBookingProps) {
  const { id } = booking;
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
            <CallOff booking={booking} accept={accept} />
          </dt>
          <dd>Everything that suppliers may hold is released, and the trip is cancelled.</dd>
        </div>
      </dl>
      <div role="alert">{problem !== undefined && <p class="note bad">{problem}</p>}</div>
    </>
  );
}
