import type { WholeBookingFragment } from '../../client/generated.js';
import { SagaDrawing } from './saga-drawing.js';

interface SagaFoldProps {
  readonly booking: WholeBookingFragment;
  /** Whether it is unfolded at first: for operators, who look for what went wrong. */
  readonly open?: boolean;
}

/** The drawing of the saga, for those who want to see it. */
export const SagaFold = ({ booking, open = false }: SagaFoldProps) => (
  <details class="saga-fold" open={open}>
    <summary>How this trip is put together</summary>
    <SagaDrawing booking={booking} />
  </details>
);
