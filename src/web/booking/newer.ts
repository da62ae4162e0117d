import type { WholeBookingFragment } from '../../client/generated.js';

type Dated = Pick<WholeBookingFragment, 'done' | 'asOf'>;

/** Responses may arrive out of order, and clocks differ slightly, so a booking that is done is never treated as stale. */
export const newer = <Booking extends Dated>(now: Booking | undefined, next: Booking): Booking =>
  now && !next.done && now.asOf > next.asOf ? now : next;
