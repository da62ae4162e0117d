import { useEffect, useRef } from 'preact/hooks';
import { CancelBookingDocument, type WholeBookingFragment } from '../../client/generated.js';
import { ask } from '../net/ask.js';
import { useDraft } from '../session/drafts.js';
import { Field } from '../look/elements.js';
import { useRequest } from './use-request.js';

interface CancelFormProps {
  readonly id: string;
  readonly accept: (booking: WholeBookingFragment) => void;
}

/** Takes two steps, because calling off can't be reversed: the button opens a form that asks for the reason. */
export function CancelForm({ id, accept }: CancelFormProps) {
  const [open, setOpen] = useDraft(`call-off ${id}`, false);
  const [reason, setReason] = useDraft(`reason ${id}`, '');
  const { busy, problem, send } = useRequest(accept);
  const opener = useRef<HTMLButtonElement>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (open) form.current?.querySelector('input')?.focus();
  }, [open]);

  if (!open)
    return (
      <button ref={opener} type="button" class="danger" onClick={() => setOpen(true)}>
        Call it off…
      </button>
    );
  return (
    <form
      ref={form}
      class="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        const input = reason.trim() ? { id, reason } : { id };
        void send(async () => (await ask(CancelBookingDocument, { input })).cancelBooking);
      }}
    >
      <Field
        name="reason"
        label="Reason (optional)"
        maxLength={500}
        value={reason}
        onValue={setReason}
        problem={problem}
      />
      <button type="submit" class="danger" aria-disabled={busy}>
        Call the trip off
      </button>
      <button type="button" onClick={() => setOpen(false)}>
        Keep the trip
      </button>
    </form>
  );
}
