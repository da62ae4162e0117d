import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Attempts } from '../database/attempts.js';
import type { Facts } from '../database/facts.js';
import type { Announce } from '../database/feed.js';
import type { LegActivities, LegOutcome, LegTask } from '../model/activities.js';
import { cleanText, CONTROL_FAILURES, type AttemptDetail } from '../model/failures.js';
import { idempotencyKey, LEGS, reservationKey, type LegAction } from '../model/legs.js';
import { ServiceUnavailable } from '../model/service-unavailable.js';
import type { AttemptLog } from './attempt-log.js';
import { callSupplier } from './call-supplier.js';
import { callingRun, type RecordKeeper } from './record-keeper.js';
import type { FindSupplier } from './suppliers/supplier.port.js';

export interface LegActivityOptions {
  readonly findSupplier: FindSupplier;
  /** The partners configured on this worker. */
  readonly partners: readonly string[];
  /** The partner whose queue these activities serve; absent on the sagas' queue. */
  readonly partner?: string;
  readonly facts: Pick<Facts, 'goesForward'>;
  readonly keeper: Pick<RecordKeeper, 'own'>;
  readonly attempts: Pick<AttemptLog, 'failed'>;
  readonly failedAttempts: Pick<Attempts, 'of'>;
  readonly announce: Announce;
}

/** The activities of every kind of leg. Each calls the supplier that the order names, with our reservation key. */
export function createLegActivities(options: LegActivityOptions): LegActivities {
  const rows = Object.values(LEGS).flatMap(({ book, undo }) => [
    [book, step('reserve', options)],
    [undo, step('release', options)],
  ]);
  return Object.fromEntries(rows) as LegActivities;
}

/**
 * Announces its begin and its end. By the time followers read the booking, its run usually knows of them; if not, the next of
 * their regular reads shows them.
 */
const step =
  (action: LegAction, options: LegActivityOptions) =>
  async (task: LegTask): Promise<LegOutcome> => {
    const { announce } = options;
    announce(task.bookingId, 'moved');
    try {
      return await takeStep(action, task, options);
    } finally {
      announce(task.bookingId, 'moved');
    }
  };

async function takeStep(action: LegAction, task: LegTask, options: LegActivityOptions): Promise<LegOutcome> {
  const { findSupplier, facts, keeper, attempts } = options;
  const { bookingId, order, legId, choice, decision, since, spent } = task;
  const leg = order.legs.find(({ id }) => id === legId);
  const chosen = leg?.choices[choice];
  if (!chosen)
    throw ApplicationFailure.nonRetryable(`${bookingId} has no choice ${choice} of a leg ${legId}.`);
  const { offerId, supplier, price } = chosen;
  await assertServedHere(supplier, action, task, options);
  const attempt = spent + Context.current().info.attempt;
  if (action === 'reserve') await assertGoesForward(facts, keeper, attempt);
  const key = reservationKey(bookingId, legId, choice);
  const request = {
    reservationKey: key,
    legId,
    kind: leg.kind,
    offerId,
    quantity: leg.quantity,
    ...(price && { price }),
    idempotencyKey: idempotencyKey(key, action, decision),
  };
  try {
    const holding = await callSupplier(attempt, async (context) =>
      findSupplier(supplier)[action](request, context),
    );
    return { id: offerId, attempts: attempt, ...(holding && { holding }) };
  } catch (error) {
    const message = cleanText(error instanceof Error ? error.message : String(error));
    const at = new Date().toISOString();
    attempts.failed(bookingId, legId, { action, since, attempt, at, message });
    throw error;
  }
}

/**
 * A partner's call that no worker started on the partner's own queue is made on the sagas' queue. If the partner is
 * configured here, it is only busy, and its calls must not occupy the sagas' slots too. If it isn't, the call continues
 * and fails with a message that says so.
 */
async function assertServedHere(
  supplier: string,
  action: LegAction,
  task: LegTask,
  { partner, partners, failedAttempts }: LegActivityOptions,
): Promise<void> {
  if (supplier === partner || !partners.includes(supplier)) return;
  const detail: AttemptDetail = { attempt: await latestAttempt(action, task, failedAttempts) };
  throw ApplicationFailure.create({
    message: `All slots for ${supplier} are busy.`,
    type: CONTROL_FAILURES.queued,
    nonRetryable: true,
    details: [detail],
  });
}

/** The step's latest recorded attempt. Temporal doesn't report attempts for an activity that no worker starts any more. */
async function latestAttempt(
  action: LegAction,
  { bookingId, legId, since, spent }: LegTask,
  failedAttempts: Pick<Attempts, 'of'>,
): Promise<number> {
  try {
    const ofBooking = (await failedAttempts.of([bookingId])).get(bookingId);
    const ofLeg = ofBooking?.find((one) => one.legId === legId)?.latest ?? [];
    const ofStep = ofLeg.filter((one) => one.action === action && one.since === since);
    return Math.max(spent, ...ofStep.map(({ attempt }) => attempt));
  } catch (error) {
    // A few attempts too many are better than a trip that fails because they can't be counted at the moment.
    if (error instanceof ServiceUnavailable) return spent;
    throw error;
  }
}

/**
 * Nothing is reserved for a trip that no longer goes forward. A run that was reset may not know that the trip was called off,
 * and nothing would release what it reserves.
 */
async function assertGoesForward(
  facts: Pick<Facts, 'goesForward'>,
  keeper: Pick<RecordKeeper, 'own'>,
  attempt: number,
): Promise<void> {
  const { id, runId } = callingRun();
  try {
    if (await facts.goesForward(id, runId)) return;
    const { taken } = await keeper.own();
    throw ApplicationFailure.create({
      message: `${id} no longer goes forward.`,
      type: CONTROL_FAILURES.notForwards,
      nonRetryable: true,
      details: [{ attempt, taken }],
    });
  } catch (error) {
    if (error instanceof ApplicationFailure && error.nonRetryable) throw error;
    // The saga waits until the record can be read again, then repeats this attempt.
    const detail: AttemptDetail = { attempt };
    throw ApplicationFailure.create({
      message: "The booking's record is unavailable, so the supplier was not called.",
      type: CONTROL_FAILURES.recordAway,
      nonRetryable: true,
      details: [detail],
      ...(error instanceof Error && { cause: error }),
    });
  }
}
