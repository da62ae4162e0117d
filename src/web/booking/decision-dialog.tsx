import type { ComponentChildren } from 'preact';
import type { WholeBookingFragment } from '../../client/generated.js';
import { Dialog } from '../look/dialog.js';
import { useDraft } from '../session/drafts.js';
import { type Payload, useRequest } from './use-request.js';

interface DecisionDialogProps {
  /** Unlike that of any other dialog: under it the dialog stays open while the visitor signs in. */
  readonly name: string;
  readonly opener: string;
  readonly title: string;
  /** What will happen, and fields if any. They get the error message of the latest request. */
  readonly children: (problem: string | undefined) => ComponentChildren;
  /** Shown by the children at a field, not below them. */
  readonly ownsProblem?: boolean;
  readonly confirm: string;
  readonly keep?: string;
  readonly danger?: boolean;
  readonly request: () => Promise<Payload>;
  readonly accept: (booking: WholeBookingFragment) => void;
}

/** A decision about a booking that a dialog asks to confirm. It closes once the API has accepted the decision. */
export function DecisionDialog(props: DecisionDialogProps) {
  const {
    name,
    opener,
    title,
    children,
    ownsProblem,
    confirm,
    keep = 'Not now',
    danger,
    request,
    accept,
  } = props;
  const [open, setOpen] = useDraft(name, false);
  const { busy, problem, send } = useRequest(() => setOpen(false), accept);
  return (
    <Dialog opener={opener} danger={danger} title={title} open={open} onOpen={setOpen}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send(request);
        }}
      >
        {children(problem)}
        <div role="alert">{!ownsProblem && problem !== undefined && <p class="note bad">{problem}</p>}</div>
        <div class="actions">
          <button type="submit" class={danger ? 'danger' : 'main-action'} aria-disabled={busy}>
            {confirm}
          </button>
          <button type="button" onClick={() => setOpen(false)}>
            {keep}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
