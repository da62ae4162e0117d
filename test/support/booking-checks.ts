import { expect } from 'vitest';
import { legsOf, type BookingRecord, type StepState } from '../../src/model/booking.js';
import { decisionProblem, type Decision } from '../../src/model/decision.js';
import { WorkerUnavailable } from '../../src/model/service-unavailable.js';
import type { RoomTrip, SagaRoom } from './saga-room.js';

/** Such as `{ car: 'BOOKED', hotel: 'RUNNING', flight: 'PENDING' }`. */
export function legStates(record: Pick<BookingRecord, 'order' | 'facts'>): Record<string, StepState> {
  return Object.fromEntries(legsOf(record).map(({ id, state }) => [id, state]));
}

/** A decision without its author and number. */
export type DecisionWords =
  | { readonly action: 'retry'; readonly legId: string }
  | { readonly action: 'settle'; readonly legId: string; readonly note: string }
  | { readonly action: 'resume' };

/** Sends a decision of the operator Olga, based on the record. @throws WorkerUnavailable if no worker responds in time */
export async function decideOnce(
  room: SagaRoom,
  trip: RoomTrip,
  words: DecisionWords,
): Promise<'done' | 'refused'> {
  const record = await trip.record();
  return room.engine.decide(record, { ...words, by: 'olga', number: record.facts.decisions + 1 });
}

/**
 * Decides as an operator does who gets no response in time: checks whether the decision was carried out, and sends it again.
 * Also retries, as the API does, while the run doesn't yet know of its own write, which the record already has.
 */
export async function decide(
  room: SagaRoom,
  trip: RoomTrip,
  words: DecisionWords,
): Promise<'done' | 'refused'> {
  const record = await trip.record();
  const decision: Decision = { ...words, by: 'olga', number: record.facts.decisions + 1 };
  const isRecorded = async () => (await trip.record()).facts.decisions >= decision.number;
  let timedOut = false;
  for (let rounds = 1; ; rounds++) {
    try {
      const answer = await room.engine.decide(record, decision);
      // If the first try was carried out, the second one is refused as already decided.
      if (timedOut && (await isRecorded())) return 'done';
      if (answer === 'done' || rounds >= 3 || decisionProblem(await trip.record(), decision)) return answer;
    } catch (error) {
      if (!(error instanceof WorkerUnavailable)) throw error;
      timedOut = true;
    }
  }
}

/** The history of the booking's current run. */
export async function historyOf({ client }: SagaRoom, { id }: RoomTrip) {
  const { events } = await client.workflow.getHandle(id).fetchHistory();
  return events ?? [];
}

/** The history once no workflow task is pending, because the record shows a task's effect before Temporal's history does. */
export async function calmHistoryOf(room: SagaRoom, trip: RoomTrip) {
  const task = async () =>
    (await room.client.workflow.getHandle(trip.id).describe()).raw.pendingWorkflowTask ?? undefined;
  await expect.poll(task).toBeUndefined();
  return historyOf(room, trip);
}

/** The events in Temporal's history for requests to a workflow. */
const FROM_OUTSIDE = {
  cancel: 'workflowExecutionCancelRequestedEventAttributes',
  nudge: 'workflowExecutionSignaledEventAttributes',
} as const;

/** Resolves once the workflow has processed such a request, so that what it does next is its reaction. */
export async function heard(room: SagaRoom, trip: RoomTrip, what: keyof typeof FROM_OUTSIDE): Promise<void> {
  await expect
    .poll(async () => {
      const events = await historyOf(room, trip);
      const came = events.findIndex((event) => event[FROM_OUTSIDE[what]]);
      return came >= 0 && events.slice(came).some((event) => event.workflowTaskCompletedEventAttributes);
    })
    .toBe(true);
}

/** Resolves once a workflow task has failed with this message. */
export async function taskFailedWith(room: SagaRoom, trip: RoomTrip, message: string): Promise<void> {
  await expect
    .poll(async () => {
      const events = await historyOf(room, trip);
      return events.map(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure?.message).join();
    })
    .toContain(message);
}

/** The reads of the record that nudges caused: activities, because their results may cancel a running call. */
export async function looksOf(room: SagaRoom, trip: RoomTrip) {
  const events = await historyOf(room, trip);
  const isDone = (id: unknown) =>
    events.some(({ activityTaskCompletedEventAttributes: done }) => done?.scheduledEventId?.eq(id as never));
  return events
    .filter(({ activityTaskScheduledEventAttributes: it }) => it?.activityType?.name === 'lookAtRecord')
    .map(({ eventId }) => ({ eventId, isDone: isDone(eventId) }));
}
