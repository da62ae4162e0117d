import type { WholeBookingFragment } from '../../client/generated.js';

/** Whether the booking was stopped from outside half-way. Once an undo has started, it can't be resumed. */
export const isParked = ({ status, legs }: Pick<WholeBookingFragment, 'status' | 'legs'>): boolean =>
  status === 'NEEDS_ATTENTION' &&
  !legs.some(({ state }) => state === 'UNDOING' || state === 'UNDONE' || state === 'UNDO_FAILED');
