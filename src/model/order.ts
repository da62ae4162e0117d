import { LEG_KINDS, type OrderedLeg } from './legs.js';

/** Who sent a request. While authentication is off every caller is `anonymous`, so every booking has an owner. */
export interface Caller {
  readonly subject: string;
  readonly roles: readonly string[];
}

/** Stands for what was blanked in a record whose traveller was forgotten. */
export const FORGOTTEN = '(forgotten)';

export const ANONYMOUS: Caller = { subject: 'anonymous', roles: [] };

/** How to handle a booking. Fixed when it is accepted, so changed settings don't affect bookings in progress. */
export interface BookingPolicy {
  /** A trip not booked within this many seconds of being accepted is rolled back. */
  readonly deadlineSeconds: number;
  /** Attempts to undo a leg before it needs an operator. */
  readonly undoAttempts: number;
}

/** Everything decided when a request was accepted. The argument of the `bookVacation` workflow. */
export interface BookingOrder {
  /** The name as a slug and digits: `john-doe-1849420071536642`. */
  readonly userId: string;
  /** The traveller's name. */
  readonly name: string;
  /** In the sequence in which they are reserved. */
  readonly legs: readonly OrderedLeg[];
  readonly caller: Caller;
  /** Id of the HTTP request that ordered the trip; part of every activity's log line. */
  readonly requestId: string;
  readonly policy: BookingPolicy;
  /** Fingerprint of the request: it shows whether another one with the same idempotency key is the same request. */
  readonly fingerprint: string;
}

type Unchecked = Readonly<Record<string, unknown>>;

/** Without control characters: no database column holds a NUL, and a record that can't be written blocks its booking. */
const isText = (value: unknown) => typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,500}$/u.test(value);
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 1;
const isObject = (value: unknown): value is Unchecked => typeof value === 'object' && value !== null;

/**
 * What is wrong with a value that should be an order. Any Temporal client may start the workflow with anything.
 * @returns one line, or `undefined` if it is an order
 */
export function orderProblem(value: unknown): string | undefined {
  if (!isObject(value)) return 'The order must be an object.';
  for (const field of ['userId', 'name', 'requestId', 'fingerprint']) {
    if (!isText(value[field]))
      return `${field} must be a string of 1 to 500 characters without control characters.`;
  }
  const { legs, caller, policy } = value;
  if (!isObject(caller) || !isText(caller['subject']) || !Array.isArray(caller['roles'])) {
    return 'caller must have a subject and roles.';
  }
  if (!isObject(policy) || !isCount(policy['deadlineSeconds']) || !isCount(policy['undoAttempts'])) {
    return 'policy must have deadlineSeconds and undoAttempts, both whole numbers of at least 1.';
  }
  if (!Array.isArray(legs) || legs.length === 0) return 'legs must be a list of at least one leg.';
  const ids = new Set<unknown>();
  for (const leg of legs as unknown[]) {
    const problem = legProblem(leg);
    if (problem) return problem;
    ids.add((leg as OrderedLeg).id);
  }
  return ids.size === legs.length ? undefined : 'Every leg must have a unique id.';
}

function legProblem(leg: unknown): string | undefined {
  if (!isObject(leg)) return 'A leg must be an object.';
  for (const field of ['id', 'offerId', 'supplier']) {
    if (!isText(leg[field]))
      return `A leg's ${field} must be a string of 1 to 500 characters without control characters.`;
  }
  if (!LEG_KINDS.some((kind) => kind === leg['kind'])) {
    return `A leg's kind must be one of ${LEG_KINDS.join(', ')}.`;
  }
  if (leg['maxAttempts'] !== undefined && !isCount(leg['maxAttempts'])) {
    return "A leg's maxAttempts must be a whole number of at least 1.";
  }
  return undefined;
}
