import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Attempts } from '../database/attempts.js';
import type { Facts } from '../database/facts.js';
import type { LegActivities, LegOutcome, LegTask } from '../model/activities.js';
import { cleanText, CONTROL_FAILURES, type AttemptDetail } from '../model/failures.js';
import { idempotencyKey, LEGS, reservationKey, type LegAction } from '../model/legs.js';
import { ServiceUnavailable } from '../model/service-unavailable.js';
import type { AttemptLog } from './attempt-log.js';
import { callSupplier } from './call-supplier.js';
import { askingRun, type RecordKeeper } from './record-keeper.js';
import type { FindSupplier } from './suppliers/supplier.port.js';

export interface LegActivityOptions {
  readonly findSupplier: FindSupplier;
  /** The partners that this worker knows. */
  readonly partners: readonly string[];
  /** Whose own queue is served; none where it is the sagas'. */
  readonly partner?: string;
  readonly facts: Pick<Facts, 'read'>;
  readonly keeper: Pick<RecordKeeper, 'own'>;
  readonly attempts: Pick<AttemptLog, 'failed'>;
  readonly failedAttempts: Pick<Attempts, 'of'>;
}

/** The activities of every kind of leg: each asks the supplier that the order names, under our reservation key. */
export function createLegActivities(options: LegActivityOptions): LegActivities {
  const rows = Object.values(LEGS).flatMap(({ book, undo }) => [
    [book, step('reserve', options)],
    [undo, step('release', options)],
  ]);
  return Object.fromEntries(rows) as LegActivities;
}

const step =
  (action: LegAction, options: LegActivityOptions) =>
  async (task: LegTask): Promise<LegOutcome> => {
    const { findSupplier, facts, keeper, attempts } = options;
    const { bookingId, order, legId, decision, since, spent } = task;
    const leg = order.legs.find(({ id }) => id === legId);
    if (!leg) throw ApplicationFailure.nonRetryable(`${bookingId} has no leg ${legId}.`);
    await assertServedHere(leg.supplier, action, task, options);
    const attempt = spent + Context.current().info.attempt;
    if (action === 'reserve') await assertForwards(facts, keeper, attempt);
    const key = reservationKey(bookingId, legId);
    const request = {
      reservationKey: key,
      legId,
      kind: leg.kind,
      offerId: leg.offerId,
      idempotencyKey: idempotencyKey(key, action, decision),
    };
    try {
      await callSupplier(attempt, (context) => findSupplier(leg.supplier)[action](request, context));
      return { id: leg.offerId, attempts: attempt };
    } catch (error) {
      const message = cleanText(error instanceof Error ? error.message : String(error));
      const at = new Date().toISOString();
      attempts.failed(bookingId, legId, { action, since, attempt, at, message });
      throw error;
    }
  };

/**
 * A partner's call that nobody took up on the partner's own queue comes to the sagas'. Where the partner is known, it was
 * only busy, and must not keep our own stock's workers busy too. Where it isn't, the call goes on, and fails saying so.
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
    message: `${supplier} is too busy to take this up.`,
    type: CONTROL_FAILURES.queued,
    nonRetryable: true,
    details: [detail],
  });
}

/** Of a step, as far as it is recorded: Temporal doesn't say how often an activity was tried that nobody takes up any more. */
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
    // Rather some attempts too many than a trip that fails because they could not be counted just now.
    if (error instanceof ServiceUnavailable) return spent;
    throw error;
  }
}

/**
 * Nothing is reserved for a trip that isn't going forward any more: a run that was reset may not know yet that it was called
 * off, and who should release what it reserved now?
 */
async function assertForwards(
  facts: Pick<Facts, 'read'>,
  keeper: Pick<RecordKeeper, 'own'>,
  attempt: number,
): Promise<void> {
  const { id, runId } = askingRun();
  try {
    const record = await facts.read(id);
    if (record && record.runId === runId && !record.undoing && !record.callOff) return;
    const { taken } = await keeper.own();
    throw ApplicationFailure.create({
      message: `${id} is not going forward any more.`,
      type: CONTROL_FAILURES.notForwards,
      nonRetryable: true,
      details: [{ attempt, taken }],
    });
  } catch (error) {
    if (error instanceof ApplicationFailure && error.nonRetryable) throw error;
    // The saga waits until the record can be read again, and then has the same attempt made.
    const detail: AttemptDetail = { attempt };
    throw ApplicationFailure.create({
      message: "The booking's record can't be read just now, so nothing was asked of the supplier.",
      type: CONTROL_FAILURES.recordAway,
      nonRetryable: true,
      details: [detail],
      ...(error instanceof Error && { cause: error }),
    });
  }
}
