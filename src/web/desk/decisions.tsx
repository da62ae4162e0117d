import {
  ResumeBookingDocument,
  RetryUndoDocument,
  SettleUndoDocument,
  type WholeBookingFragment,
} from '../../client/generated.js';
import { CallOff } from '../booking/call-off.js';
import { DecisionDialog } from '../booking/decision-dialog.js';
import { isParked } from '../booking/parked.js';
import { Field } from '../look/elements.js';
import { legName } from '../look/words.js';
import { ask } from '../net/ask.js';
import { useDraft } from '../session/drafts.js';
import { troubleOf } from './trouble.js';

interface DecisionsProps {
  readonly booking: WholeBookingFragment;
  readonly accept: (booking: WholeBookingFragment) => void;
}

/** What an operator has to decide about a booking, if anything. */
export function Decisions({ booking, accept }: DecisionsProps) {
  if (booking.status !== 'NEEDS_ATTENTION') return null;
  const stuck = booking.legs.filter(({ state }) => state === 'UNDO_FAILED');
  return (
    <section aria-labelledby="attention" class="attention">
      <h2 id="attention">
        <bdi>{troubleOf(booking).headline}</bdi>
      </h2>
      {isParked(booking) ? (
        <>
          <p>Resume it if the traveller still wants the trip. Otherwise call it off.</p>
          <div class="actions">
            <Resume booking={booking} accept={accept} />
            <CallOff booking={booking} accept={accept} />
          </div>
        </>
      ) : (
        <>
          <p>The supplier may still hold it. Retry the undo, or release it by hand and note how.</p>
          {stuck.map((leg) => (
            <div key={leg.id} class="actions" data-stuck={leg.id}>
              <strong>{legName(booking.legs, leg)}</strong>
              <Retry booking={booking} leg={leg} accept={accept} />
              <Settle booking={booking} leg={leg} accept={accept} />
            </div>
          ))}
        </>
      )}
    </section>
  );
}

function Resume({ booking: { id }, accept }: DecisionsProps) {
  return (
    <DecisionDialog
      name={`resume ${id}`}
      opener="Resume the booking…"
      title="Resume the booking?"
      confirm="Resume the booking"
      request={async () => (await ask(ResumeBookingDocument, { input: { id } })).resumeBooking}
      accept={accept}
    >
      {() => <p>The trip is booked after all. What is already reserved isn’t reserved twice.</p>}
    </DecisionDialog>
  );
}

interface StuckLegProps extends DecisionsProps {
  readonly leg: WholeBookingFragment['legs'][number];
}

function Retry({ booking: { id, legs }, leg, accept }: StuckLegProps) {
  const title = legName(legs, leg).toLowerCase();
  return (
    <DecisionDialog
      name={`retry ${id} ${leg.id}`}
      opener="Retry the undo…"
      title={`Retry the undo of the ${title}?`}
      confirm={`Retry the undo of the ${title}`}
      request={async () => (await ask(RetryUndoDocument, { input: { id, legId: leg.id } })).retryUndo}
      accept={accept}
    >
      {() => (
        <p>
          The supplier is asked again to release the {title}. If it fails again, the booking comes back here.
        </p>
      )}
    </DecisionDialog>
  );
}

function Settle({ booking: { id, legs }, leg, accept }: StuckLegProps) {
  const title = legName(legs, leg).toLowerCase();
  const [note, setNote] = useDraft(`note ${id} ${leg.id}`, '');
  return (
    <DecisionDialog
      name={`settle ${id} ${leg.id}`}
      opener="Settle by hand…"
      title={`Settle the ${title}?`}
      confirm={`Settle the ${title}`}
      ownsProblem
      request={async () => (await ask(SettleUndoDocument, { input: { id, legId: leg.id, note } })).settleUndo}
      accept={accept}
    >
      {(problem) => (
        <>
          <p>
            The {title} then counts as undone, and the supplier isn’t asked again. Do this only once the
            supplier has confirmed that it holds nothing.
          </p>
          <Field
            name={`note-${leg.id}`}
            label={`How the ${title} was released by hand`}
            maxLength={500}
            value={note}
            onValue={setNote}
            problem={problem}
          />
        </>
      )}
    </DecisionDialog>
  );
}
