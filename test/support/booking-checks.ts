import { expect } from 'vitest';
import { legsOf, type BookingRecord, type StepState } from '../../src/model/booking.js';
import { decisionProblem, type Decision } from '../../src/model/decision.js';
import { WorkerUnavailable } from '../../src/model/service-unavailable.js';
import type { RoomTrip, SagaRoom } from './saga-room.js';

/** `{ car: 'BOOKED', hotel: 'RUNNING', flight: 'PENDING' }` */
export function legStates(record: Pick<BookingRecord, 'order' | 'facts'>): Record<string, StepState> {
  return Object.fromEntries(legsOf(record).map(({ id, state }) => [id, state]));
}

/** What a decision says beside whose it is and which. */
export type DecisionWords =
  | { readonly action: 'retry'; readonly legId: string }
  | { readonly action: 'settle'; readonly legId: string; readonly note: string }
  | { readonly action: 'resume' };

/** Olga decides, having read the record. @throws WorkerUnavailable where nobody answers in time */
export async function decideOnce(
  room: SagaRoom,
  trip: RoomTrip,
  words: DecisionWords,
): Promise<'done' | 'refused'> {
  const record = await trip.record();
  return room.engine.decide(record, { ...words, by: 'olga', number: record.facts.decisions + 1 });
}

/**
 * As operators do who are told that nobody answered in time: she looks whether it was carried out, and asks again. And as
 * the API does where the run has yet to hear of its own write, which the record has already.
 */
export async function decide(
  room: SagaRoom,
  trip: RoomTrip,
  words: DecisionWords,
): Promise<'done' | 'refused'> {
  const record = await trip.record();
  const decision: Decision = { ...words, by: 'olga', number: record.facts.decisions + 1 };
  const isRecorded = async () => (await trip.record()).facts.decisions >= decision.number;
  let unheard = false;
  for (let rounds = 1; ; rounds++) {
    try {
      const answer = await room.engine.decide(record, decision);
      // It is refused as decided upon where it was carried out the first time.
      if (unheard && (await isRecorded())) return 'done';
      if (answer === 'done' || rounds >= 3 || decisionProblem(await trip.record(), decision)) return answer;
    } catch (error) {
      if (!(error instanceof WorkerUnavailable)) throw error;
      unheard = true;
    }
  }
}

/** The booking's present run in Temporal's own words. */
export async function historyOf({ client }: SagaRoom, { id }: RoomTrip) {
  const { events } = await client.workflow.getHandle(id).fetchHistory();
  return events ?? [];
}

/** What the run asked of the record, as its local activities left it in the history: a marker each. */
export async function markersOf(room: SagaRoom, trip: RoomTrip) {
  return (await historyOf(room, trip)).filter((event) => event.markerRecordedEventAttributes);
}

/** The history once no workflow task is under way: the record says what one has done before Temporal's history does. */
export async function calmHistoryOf(room: SagaRoom, trip: RoomTrip) {
  const task = async () =>
    (await room.client.workflow.getHandle(trip.id).describe()).raw.pendingWorkflowTask ?? undefined;
  await expect.poll(task).toBeUndefined();
  return historyOf(room, trip);
}

/** What comes to a workflow from outside, as Temporal's history calls it. */
const FROM_OUTSIDE = {
  cancel: 'workflowExecutionCancelRequestedEventAttributes',
  nudge: 'workflowExecutionSignaledEventAttributes',
} as const;

/** Resolves once the workflow itself has heard it, so that what it does next is its answer. */
export async function heard(room: SagaRoom, trip: RoomTrip, what: keyof typeof FROM_OUTSIDE): Promise<void> {
  await expect
    .poll(async () => {
      const events = await historyOf(room, trip);
      const came = events.findIndex((event) => event[FROM_OUTSIDE[what]]);
      return came >= 0 && events.slice(came).some((event) => event.workflowTaskCompletedEventAttributes);
    })
    .toBe(true);
}

/** Resolves once a workflow task has failed with this. */
export async function taskFailedWith(room: SagaRoom, trip: RoomTrip, message: string): Promise<void> {
  await expect
    .poll(async () => {
      const events = await historyOf(room, trip);
      return events.map(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure?.message).join();
    })
    .toContain(message);
}
