import { useState } from 'preact/hooks';
import {
  RetryUndoDocument,
  SettleUndoDocument,
  type LegPartsFragment,
  type WholeBookingFragment,
} from '../client/generated.js';
import { ask } from './ask.js';
import { Field } from './elements.js';
import { useRequest } from './use-request.js';
import { legTitle } from './words.js';

interface StuckLegProps {
  readonly bookingId: string;
  readonly leg: LegPartsFragment;
  readonly accept: (booking: WholeBookingFragment) => void;
}

/** An operator's choices for a leg that could not be released. */
export function StuckLeg({ bookingId: id, leg: { id: legId, kind }, accept }: StuckLegProps) {
  const title = legTitle(kind);
  const [note, setNote] = useState('');
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
