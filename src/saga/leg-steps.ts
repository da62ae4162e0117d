import { ActivityCancellationType, proxyActivities, uuid4, type ActivityOptions } from '@temporalio/workflow';
import type { BookingActivities, LegOutcome, LegTask } from '../model/activities.js';
import type { BookingOrder } from '../model/booking-order.js';
import { LEG_ACTIVITIES } from '../model/names.js';
import { summary } from '../model/summary.js';
import type { LegKind } from '../model/trip.js';

const COMMON: ActivityOptions = {
  startToCloseTimeout: '10s',
  // Every activity heartbeats once a second: it is how a lost worker is noticed and how a cancel reaches a supplier call.
  heartbeatTimeout: '5s',
  // A cancelled trip waits for the running call to stop or end; otherwise its undo could overtake it.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
};

/** The tutorial's: the hotel at most `attempts` attempts, the flight every second. The booking's deadline bounds all. */
function bookRetry(leg: LegKind, attempts: number): NonNullable<ActivityOptions['retry']> {
  switch (leg) {
    case 'CAR':
      return { maximumInterval: '10s' };
    case 'HOTEL':
      return { maximumAttempts: attempts, maximumInterval: '10s' };
    case 'FLIGHT':
      return { initialInterval: '1s', maximumInterval: '1s' };
  }
}

/** The activity that reserves a leg, bound to this booking. Its idempotency key is made once, not per attempt. */
export function createReserve(
  leg: LegKind,
  bookingId: string,
  order: BookingOrder,
): () => Promise<LegOutcome> {
  const { book } = LEG_ACTIVITIES[leg];
  const activity = proxyActivities<BookingActivities>({
    ...COMMON,
    retry: bookRetry(leg, order.trip.attempts),
    summary: summary(`Reserve ${leg.toLowerCase()} ${order.trip.offers[leg]}`),
  })[book];
  const task: LegTask = { bookingId, order, idempotencyKey: uuid4() };
  return () => activity(task);
}

/** The leg's compensation. More patient than any reserve (law 6): no end but its attempts, which outlast the deadline. */
export function createRelease(
  leg: LegKind,
  bookingId: string,
  order: BookingOrder,
): () => Promise<LegOutcome> {
  const { undo } = LEG_ACTIVITIES[leg];
  const activity = proxyActivities<BookingActivities>({
    ...COMMON,
    retry: { maximumAttempts: order.policy.undoAttempts, maximumInterval: '60s' },
    summary: summary(`Release ${leg.toLowerCase()} ${order.trip.offers[leg]}`),
  })[undo];
  const task: LegTask = { bookingId, order, idempotencyKey: uuid4() };
  return () => activity(task);
}
