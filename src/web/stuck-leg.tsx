import { useState } from 'preact/hooks';
import {
  RetryUndoDocument,
  SettleUndoDocument,
  type LegKind,
  type WholeBookingFragment,
} from '../client/generated.js';
import { ask } from './ask.js';
import { Field } from './field.js';
import { useRequest } from './use-request.js';
import { LEG_WORDS } from './words.js';

interface StuckLegProps {
  readonly id: string;
  readonly leg: LegKind;
  readonly accept: (booking: WholeBookingFragment) => void;
}

/** What an operator can do about a leg that could not be released. */
export function StuckLeg({ id, leg, accept }: StuckLegProps) {
  const [note, setNote] = useState('');
  const { busy, problem, send } = useRequest(accept);
  return (
    <form
      class="inline-form"
      aria-label={`${LEG_WORDS[leg]}: undo is stuck`}
      onSubmit={(event) => {
        event.preventDefault();
        void send(async () => (await ask(SettleUndoDocument, { input: { id, leg, note } })).settleUndo);
      }}
    >
      <button
        type="button"
        aria-disabled={busy}
        onClick={() =>
          void send(async () => (await ask(RetryUndoDocument, { input: { id, leg } })).retryUndo)
        }
      >
        Try to undo the {LEG_WORDS[leg].toLowerCase()} again
      </button>
      <Field
        name={`note-${leg}`}
        label={`How the ${LEG_WORDS[leg].toLowerCase()} was released by hand`}
        value={note}
        onValue={setNote}
        problem={problem}
      />
      <button type="submit" aria-disabled={busy}>
        Settle the {LEG_WORDS[leg].toLowerCase()}
      </button>
    </form>
  );
}
