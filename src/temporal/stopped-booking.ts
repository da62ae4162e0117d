import type { BookingState } from '../model/booking-state.js';

/**
 * A workflow that was stopped from outside (terminated, say) ran no undo. Its last state is no longer true, and nothing
 * will happen by itself: somebody has to look at what the suppliers hold.
 */
export function stoppedFromOutside(last: BookingState, how: string): BookingState {
  return {
    ...last,
    status: 'NEEDS_ATTENTION',
    done: true,
    failure: {
      code: 'TERMINATED',
      message: `The booking's workflow was stopped from outside (${how.toLowerCase()}) and nothing was undone: suppliers may still hold reservations.`,
    },
  };
}
