import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import { isLegOutcome, type LegActivities, type LegOutcome, type LegTask } from '../model/activities.js';
import { LEGS, type OrderedLeg } from '../model/legs.js';
import { summary } from '../model/summary.js';
import type { ClaimedBooking } from './claimed-booking.js';
import { unreadableOutcome } from './failures.js';

const COMMON = {
  startToCloseTimeout: '10s',
  // Every activity heartbeats once a second: it is how a lost worker is noticed and how a cancel reaches a supplier call.
  heartbeatTimeout: '5s',
  // A cancelled trip waits for the running call to stop or end; otherwise its undo could overtake it.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
} satisfies ActivityOptions;

/** Reserves a leg at its supplier, in as many attempts as are left to it, or as the deadline allows. `outcomeOf` reads the answer. */
export function reserve(booking: ClaimedBooking, leg: OrderedLeg, spent: number): Promise<unknown> {
  const { book, retry, title } = LEGS[leg.kind];
  const activities = proxyActivities<LegActivities>({
    ...COMMON,
    retry: {
      ...retry,
      ...(leg.maxAttempts !== undefined && { maximumAttempts: leg.maxAttempts - spent }),
    },
    summary: summary(`Reserve ${title.toLowerCase()} ${leg.offerId}`),
  });
  return activities[book](taskFor(booking, leg, spent));
}

/** The leg's compensation. More patient than any reserve (law 6): no end but its attempts, which outlast the deadline. */
export function release(booking: ClaimedBooking, leg: OrderedLeg, maximumAttempts: number): Promise<unknown> {
  const { undo, title } = LEGS[leg.kind];
  const activities = proxyActivities<LegActivities>({
    ...COMMON,
    retry: { maximumInterval: '60s', maximumAttempts },
    summary: summary(`Release ${title.toLowerCase()} ${leg.offerId}`),
  });
  return activities[undo](taskFor(booking, leg));
}

function taskFor({ id, order, facts }: ClaimedBooking, { id: legId }: OrderedLeg, spent = 0): LegTask {
  const { legs, decisions } = facts.view();
  const { since = '' } = legs.find((leg) => leg.id === legId) ?? {};
  return { bookingId: id, order, legId, decision: decisions, since, spent };
}

/** What a step came to. @throws TemporalFailure where somebody completed the activity by hand, with something else */
export function outcomeOf(answer: unknown): LegOutcome {
  if (!isLegOutcome(answer)) throw unreadableOutcome();
  return answer;
}
