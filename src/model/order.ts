import { LEG_KINDS, type OrderedLeg } from './legs.js';

/** Who asks. Everybody is `anonymous` until authentication is configured; a booking has an owner all the same. */
export interface Caller {
  readonly subject: string;
  readonly roles: readonly string[];
}

export const ANONYMOUS: Caller = { subject: 'anonymous', roles: [] };

/** How a booking is to be handled; decided when it is accepted, so that a change of settings alters none under way. */
export interface BookingPolicy {
  /** A trip that isn't booked this many seconds after it was accepted is rolled back. */
  readonly deadlineSeconds: number;
  /** Attempts to undo a leg before it is left to an operator. */
  readonly undoAttempts: number;
}

/** All that was decided when a request was accepted. The argument of the `bookVacation` workflow. */
export interface BookingOrder {
  /** The name as a slug and digits: `john-doe-1849420071536642`. */
  readonly userId: string;
  /** The traveller's. */
  readonly name: string;
  /** In the order in which they are reserved. */
  readonly legs: readonly OrderedLeg[];
  readonly caller: Caller;
  /** The HTTP request that asked for it; goes along to every activity's log line. */
  readonly requestId: string;
  readonly policy: BookingPolicy;
  /** Of what was asked: tells whether another request under the same idempotency key asks the same. */
  readonly fingerprint: string;
}

type Unchecked = Readonly<Record<string, unknown>>;

/** Without control characters: no database column holds a NUL, and a record that can't be written jams its booking. */
const isText = (value: unknown) => typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,500}$/u.test(value);
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 1;
const isObject = (value: unknown): value is Unchecked => typeof value === 'object' && value !== null;

/**
 * What is wrong with a value that should be an order, for any Temporal client may start the workflow with anything.
 * @returns one line, or `undefined` where it is an order
 */
export function orderProblem(value: unknown): string | undefined {
  if (!isObject(value)) return 'The order must be an object.';
  for (const field of ['userId', 'name', 'requestId', 'fingerprint']) {
    if (!isText(value[field]))
      return `${field} must be a text of 1 to 500 characters, none of them a control character.`;
  }
  const { legs, caller, policy } = value;
  if (!isObject(caller) || !isText(caller['subject']) || !Array.isArray(caller['roles'])) {
    return 'caller must have a subject and roles.';
  }
  if (!isObject(policy) || !isCount(policy['deadlineSeconds']) || !isCount(policy['undoAttempts'])) {
    return 'policy must have deadlineSeconds and undoAttempts, whole numbers from 1.';
  }
  if (!Array.isArray(legs) || legs.length === 0) return 'legs must be a list of at least one leg.';
  const ids = new Set<unknown>();
  for (const leg of legs as unknown[]) {
    const problem = legProblem(leg);
    if (problem) return problem;
    ids.add((leg as OrderedLeg).id);
  }
  return ids.size === legs.length ? undefined : 'Every leg must have an id of its own.';
}

function legProblem(leg: unknown): string | undefined {
  if (!isObject(leg)) return 'A leg must be an object.';
  for (const field of ['id', 'offerId', 'supplier']) {
    if (!isText(leg[field]))
      return `A leg's ${field} must be a text of 1 to 500 characters, none of them a control character.`;
  }
  if (!LEG_KINDS.some((kind) => kind === leg['kind'])) {
    return `A leg's kind must be one of ${LEG_KINDS.join(', ')}.`;
  }
  if (leg['maxAttempts'] !== undefined && !isCount(leg['maxAttempts'])) {
    return "A leg's maxAttempts must be a whole number from 1.";
  }
  return undefined;
}
