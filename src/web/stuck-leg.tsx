import { useState } from 'preact/hooks';
import {
  RetryUndoDocument,
  SettleUndoDocument,
  type LegPartsFragment,
  type WholeBookingFragment,
} from '../client/generated.js';
import { ask } from './ask.js';
import { Field } from './field.js';
import { useRequest } from './use-request.js';
import { legWords } from './words.js';

interface StuckLegProps {
  readonly bookingId: string;
  readonly leg: LegPartsFragment;
  readonly accept: (booking: WholeBookingFragment) => void;
}

/** What an operator can do about a leg that could not be released. */
export function StuckLeg({ bookingId: id, leg: { id: legId, kind }, accept }: StuckLegProps) {
  const words = legWords(kind);
  const [note, setNote] = useState('');
  const { busy, problem, send } = useRequest(accept);
  return (
    <form
      class="inline-form"
      aria-label={`${words}: undo is stuck`}
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
        Try to undo the {words.toLowerCase()} again
      </button>
      <Field
        name={`note-${legId}`}
        label={`How the ${words.toLowerCase()} was released by hand`}
        value={note}
        onValue={setNote}
        problem={problem}
      />
      <button type="submit" aria-disabled={busy}>
        Settle the {words.toLowerCase()}
      </button>
    </form>
  );
}
