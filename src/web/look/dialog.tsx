import * as dialog from '@zag-js/dialog';
import { normalizeProps, useMachine } from '@zag-js/preact';
import type { ComponentChildren } from 'preact';
import { createPortal } from 'preact/compat';
import { useId, useRef } from 'preact/hooks';
import { useSession } from '../session/use-session.js';

interface DialogProps {
  /** What the button says that opens it. */
  readonly opener: string;
  readonly danger?: boolean | undefined;
  readonly title: string;
  /** Kept open while a request is under way, so that its answer is seen. */
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly children: ComponentChildren;
}

/** A button and its modal dialog. Escape closes it; the focus stays inside and returns to the button, or to the page's heading. */
export function Dialog({ opener, danger, title, open, onOpen, children }: DialogProps) {
  const signedOut = useSession().status === 'expired';
  const button = useRef<HTMLButtonElement>(null);
  const service = useMachine(dialog.machine, {
    id: useId(),
    // Whoever has to sign in again must get at the form behind it; then it opens as it was.
    open: open && !signedOut,
    onOpenChange: (details) => onOpen(details.open),
    // What was done in the dialog may have taken its button away.
    finalFocusEl: () => (button.current?.isConnected ? button.current : document.querySelector('h1')),
  });
  const api = dialog.connect(service, normalizeProps);
  return (
    <>
      <button {...api.getTriggerProps()} ref={button} class={danger ? 'danger' : undefined}>
        {opener}
      </button>
      {/* Zag's own Portal needs a global React. */}
      {api.open &&
        createPortal(
          <>
            <div {...api.getBackdropProps()} class="veil" />
            <div {...api.getPositionerProps()} class="dialog-place">
              <div {...api.getContentProps()} class="dialog">
                <h2 {...api.getTitleProps()}>{title}</h2>
                {children}
              </div>
            </div>
          </>,
          document.body,
        )}
    </>
  );
}
