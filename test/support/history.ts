import type { Client } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

/** An activity of a booking, from Temporal's history. */
export interface ActivityRun {
  readonly name: string;
  readonly scheduled: NonNullable<HistoryEvent['activityTaskScheduledEventAttributes']>;
  readonly input: unknown;
  /** The last attempt; Temporal records no others. */
  readonly attempt?: number;
  /** Why the previous attempt failed. */
  readonly lastFailure?: string;
  readonly failure?: string;
  readonly result?: unknown;
}

/** What happened to a booking's activities, in order: `bookHotel started, attempt 2`, `bookHotel failed`. */
export function activityEvents(history: History): string[] {
  const nameOf = scheduledNames(history);
  return (history.events ?? []).flatMap((event) => {
    const name = nameOf(event);
    if (name === undefined) return [];
    const started = event.activityTaskStartedEventAttributes;
    if (started) return [`${name} started, attempt ${String(started.attempt)}`];
    if (event.activityTaskScheduledEventAttributes) return [`${name} scheduled`];
    if (event.activityTaskCompletedEventAttributes) return [`${name} completed`];
    if (event.activityTaskFailedEventAttributes) return [`${name} failed`];
    return [`${name} ended in another way`];
  });
}

/** The activities of a booking by name; none runs twice per booking. */
export function activityRuns(history: History): Readonly<Record<string, ActivityRun>> {
  const nameOf = scheduledNames(history);
  const runs: Record<string, ActivityRun> = {};
  for (const event of history.events ?? []) {
    const name = nameOf(event);
    if (name === undefined) continue;
    const scheduled = event.activityTaskScheduledEventAttributes ?? runs[name]?.scheduled;
    if (!scheduled) continue;
    const started = event.activityTaskStartedEventAttributes;
    const failed = event.activityTaskFailedEventAttributes;
    const completed = event.activityTaskCompletedEventAttributes;
    runs[name] = {
      ...(runs[name] ?? { name, scheduled, input: decoded(scheduled.input?.payloads) }),
      ...(started && { attempt: started.attempt ?? 0 }),
      ...(started?.lastFailure?.message && { lastFailure: started.lastFailure.message }),
      ...(failed?.failure?.message && { failure: failed.failure.message }),
      ...(completed && { result: decoded(completed.result?.payloads) }),
    };
  }
  return runs;
}

/** Converts a duration in the history to milliseconds. */
export function milliseconds(duration: { seconds?: unknown; nanos?: number | null } | null | undefined) {
  return Number(duration?.seconds ?? 0) * 1000 + (duration?.nanos ?? 0) / 1e6;
}

function decoded(payloads: Payload[] | null | undefined): unknown {
  const [payload] = payloads ?? [];
  return payload && defaultPayloadConverter.fromPayload(payload);
}

/** The name of an event's activity; later events refer only to the event that scheduled it. */
function scheduledNames(history: History) {
  const names = new Map<string, string>();
  for (const { eventId, activityTaskScheduledEventAttributes: scheduled } of history.events ?? [])
    if (scheduled) names.set(String(eventId), scheduled.activityType?.name ?? '');
  return (event: HistoryEvent) => {
    if (event.activityTaskScheduledEventAttributes) return names.get(String(event.eventId));
    const about =
      event.activityTaskStartedEventAttributes ??
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    return about ? names.get(String(about.scheduledEventId)) : undefined;
  };
}
