import { ActivityCancellationType, proxyActivities, uuid4, type ActivityOptions } from '@temporalio/workflow';
import type { BookingActivities, LegOutcome, LegTask } from '../contract/activities.js';
import type { BookingOrder } from '../contract/booking-order.js';
import { LEG_ACTIVITIES } from '../contract/names.js';
import type { LegKind } from '../contract/trip.js';

/** The two things that can be done to a leg. */
export interface LegStep {
  book(): Promise<LegOutcome>;
  undo(): Promise<LegOutcome>;
}

const COMMON: ActivityOptions = {
  startToCloseTimeout: '10s',
  // Every activity heartbeats once a second: it is how a lost worker is noticed and how a cancel reaches a supplier call.
  heartbeatTimeout: '5s',
  // A cancelled trip waits for the running call to stop or end; otherwise its undo could overtake it.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
};

/** The tutorial's: the hotel at most `attempts` attempts, the flight every second. */
function bookOptions(leg: LegKind, attempts: number): ActivityOptions {
  switch (leg) {
    case 'CAR':
      return { ...COMMON, retry: { maximumInterval: '10s' } };
    case 'HOTEL':
      return { ...COMMON, retry: { maximumAttempts: attempts, maximumInterval: '10s' } };
    case 'FLIGHT':
      return { ...COMMON, retry: { initialInterval: '1s', maximumInterval: '1s' } };
  }
}

const UNDO_OPTIONS: ActivityOptions = { ...COMMON, retry: { maximumInterval: '10s' } };

/** Binds a leg's activities to this booking. Book and undo get idempotency keys of their own, once, not per attempt. */
export function createLegStep(leg: LegKind, bookingId: string, order: BookingOrder): LegStep {
  const { book, undo } = LEG_ACTIVITIES[leg];
  const reserve = proxyActivities<BookingActivities>(bookOptions(leg, order.trip.attempts))[book];
  const release = proxyActivities<BookingActivities>(UNDO_OPTIONS)[undo];
  const task = (): LegTask => ({ bookingId, order, idempotencyKey: uuid4() });
  const bookTask = task();
  const undoTask = task();
  return { book: () => reserve(bookTask), undo: () => release(undoTask) };
}
