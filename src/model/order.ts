import { isMoney } from './money.js';
import { LEG_ID, LEG_KINDS, MAX_CHOICES, MAX_LEGS, MAX_QUANTITY, type OrderedLeg } from './legs.js';

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
const isList = (value: unknown, max: number): value is unknown[] =>
  Array.isArray(value) && value.length >= 1 && value.length <= max;
const isChoice = (value: unknown) =>
  isObject(value) &&
  isText(value['offerId']) &&
  isText(value['supplier']) &&
  (value['price'] === undefined || isMoney(value['price']));
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
  if (!isList(legs, MAX_LEGS)) return `legs must be a list of 1 to ${MAX_LEGS} legs.`;
  const ids = new Set<unknown>();
  for (const leg of legs) {
    const problem = legProblem(leg);
    if (problem) return problem;
    ids.add((leg as OrderedLeg).id);
  }
  return ids.size === legs.length ? undefined : 'Every leg must have a unique id.';
}

function legProblem(leg: unknown): string | undefined {
  if (!isObject(leg)) return 'A leg must be an object.';
  if (typeof leg['id'] !== 'string' || !LEG_ID.test(leg['id'])) {
    return "A leg's id must be 1 to 40 lowercase letters, digits and hyphens.";
  }
  if (!LEG_KINDS.some((kind) => kind === leg['kind'])) {
    return `A leg's kind must be one of ${LEG_KINDS.join(', ')}.`;
  }
  const { choices, quantity, required, stage } = leg;
  if (!isList(choices, MAX_CHOICES) || !choices.every(isChoice)) {
    return `A leg must have 1 to ${MAX_CHOICES} choices, each with an offerId, a supplier and perhaps a price.`;
  }
  if (!isCount(quantity) || (quantity as number) > MAX_QUANTITY) {
    return `A leg's quantity must be a whole number from 1 to ${MAX_QUANTITY}.`;
  }
  if (!isCount(stage) || typeof required !== 'boolean') {
    return "A leg's stage must be a whole number of at least 1, and required a boolean.";
  }
  if (leg['maxAttempts'] !== undefined && !isCount(leg['maxAttempts'])) {
    return "A leg's maxAttempts must be a whole number of at least 1.";
  }
  return undefined;
}
