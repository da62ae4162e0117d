import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { UserErrorPartsFragment, WholeBookingFragment } from '../../client/generated.js';
import { useRequest } from '../booking/use-request.js';
import { Dialog } from '../look/dialog.js';

interface DecisionDialogProps {
  readonly opener: string;
  readonly openerClass?: string;
  readonly title: string;
  /** What will happen, and fields if any. They get the error message of the latest request. */
  readonly children: (problem: string | undefined) => ComponentChildren;
  /** Shown by the children at a field, not below them. */
  readonly ownsProblem?: boolean;
  readonly confirm: string;
  readonly danger?: boolean;
  readonly request: () => Promise<{
    readonly booking?: WholeBookingFragment | null;
    readonly userErrors: readonly UserErrorPartsFragment[];
  }>;
  readonly accept: (booking: WholeBookingFragment) => void;
}

/** A decision that a dialog asks to confirm. It closes once the API has accepted the decision. */
export function DecisionDialog(props: DecisionDialogProps) {
  const { opener, openerClass, title, children, ownsProblem, confirm, danger, request, accept } = props;
  const [open, setOpen] = useState(false);
  const { busy, problem, send } = useRequest(accept);
  return (
    <Dialog
      opener={opener}
      {...(openerClass !== undefined && { openerClass })}
      title={title}
      open={open}
      onOpen={setOpen}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send(request).then((accepted) => accepted && setOpen(false));
        }}
      >
        {children(problem)}
        <div role="alert">{!ownsProblem && problem !== undefined && <p class="note bad">{problem}</p>}</div>
        <div class="actions">
          <button type="submit" class={danger ? 'danger' : 'main-action'} aria-disabled={busy}>
            {confirm}
          </button>
          <button type="button" onClick={() => setOpen(false)}>
            Not now
          </button>
        </div>
      </form>
    </Dialog>
  );
}
