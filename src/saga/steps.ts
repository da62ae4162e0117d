import {
  ActivityCancellationType,
  ActivityFailure,
  type ActivityOptions,
  proxyActivities,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { isLegOutcome, type LegActivities, type LegOutcome, type LegTask } from '../model/activities.js';
import type { AttemptDetail } from '../model/failures.js';
import type { BookingLeg } from '../model/booking.js';
import { LEGS } from '../model/legs.js';
import { isPartner } from '../model/suppliers.js';
import { partnerQueue } from '../model/names.js';
import { summary } from '../model/summary.js';
import type { ClaimedBooking } from './claimed-booking.js';
import { unreadableOutcome } from './failures.js';
import { controlFailure } from './record-keeper.js';

const COMMON = {
  startToCloseTimeout: '10s',
  // Every activity heartbeats once a second. That detects a lost worker and delivers a cancel to the supplier call.
  heartbeatTimeout: '5s',
  // A cancelled trip waits until the running call stops or ends; otherwise its undo could overtake it.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
} satisfies ActivityOptions;

/** The worker sets the delay between calls to a partner itself. This applies only where it can't: after timeouts. */
const PARTNER_RETRY = { initialInterval: '1s', maximumInterval: '30s' };

/** How long a call first waits on its partner's queue; doubled each time the partner turns out to be only busy. */
const UNSERVED_MS = 20_000;

/**
 * Reserves a leg's current choice within its remaining attempts or, without a limit, the deadline. `outcomeOf` reads the
 * result.
 */
export function reserve(booking: ClaimedBooking, leg: BookingLeg, spent: number): Promise<unknown> {
  const { book, retry, title } = LEGS[leg.kind];
  return atSupplier(booking, leg, leg.choice, spent, (options, task) => {
    const activities = proxyActivities<LegActivities>({
      ...options,
      retry: {
        ...(isPartner(leg.supplier) ? PARTNER_RETRY : retry),
        ...(leg.maxAttempts !== undefined && { maximumAttempts: leg.maxAttempts - task.spent }),
      },
      summary: summary(`Reserve ${title.toLowerCase()} ${leg.offerId}`),
    });
    return activities[book](task);
  });
}

/** The compensation of one of the leg's choices. More patient than any reserve (law 6): only its attempts limit it, not the deadline. */
export function release(
  booking: ClaimedBooking,
  leg: BookingLeg,
  choice: number,
  maximumAttempts: number,
): Promise<unknown> {
  const { undo, title } = LEGS[leg.kind];
  const { offerId } = leg.choices[choice]!;
  return atSupplier(booking, leg, choice, 0, (options, task) => {
    const activities = proxyActivities<LegActivities>({
      ...options,
      retry: { maximumInterval: '30s', maximumAttempts: maximumAttempts - task.spent },
      summary: summary(`Release ${title.toLowerCase()} ${offerId}`),
    });
    return activities[undo](task);
  });
}

type Call = (options: ActivityOptions, task: LegTask) => Promise<unknown>;

function atSupplier(
  { id, order, facts }: ClaimedBooking,
  { id: legId, choices, since = '' }: BookingLeg,
  choice: number,
  spent: number,
  call: Call,
): Promise<unknown> {
  const { supplier } = choices[choice]!;
  const legs = order.legs.map((leg) =>
    leg.id === legId ? leg : { ...leg, choices: leg.choices.slice(0, 1) },
  );
  const { decisions: decision } = facts.view();
  const task = { bookingId: id, order: { ...order, legs }, legId, choice, decision, since, spent };
  return isPartner(supplier) ? atPartner(supplier, task, call) : call(COMMON, task);
}

/**
 * Calls a partner on its own queue. If no worker starts the call there, it is made on the sagas' queue, whose workers know
 * whether the partner is not configured at all or only busy.
 */
async function atPartner(partner: string, task: LegTask, call: Call): Promise<unknown> {
  const taskQueue = partnerQueue(workflowInfo().taskQueue, partner);
  for (let waitMs = UNSERVED_MS; ; waitMs *= 2) {
    try {
      return await call({ ...COMMON, taskQueue, scheduleToStartTimeout: waitMs }, task);
    } catch (error) {
      if (!isUnserved(error)) throw error;
    }
    try {
      return await call(COMMON, task);
    } catch (error) {
      const busy = controlFailure(error, 'queued');
      if (!busy) throw error;
      const { attempt } = busy.details?.[0] as AttemptDetail;
      task = { ...task, spent: attempt };
    }
  }
}

function isUnserved(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START';
}

/** A step's outcome. @throws TemporalFailure if someone completed the activity by hand with something else */
export function outcomeOf(answer: unknown): LegOutcome {
  if (!isLegOutcome(answer)) throw unreadableOutcome();
  return answer;
}
