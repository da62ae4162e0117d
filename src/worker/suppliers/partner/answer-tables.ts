import type { Holding } from '../../../model/holding.js';
import {
  OfferSoldOut,
  OfferUnknown,
  SupplierFailure,
  SupplierOutcomeUnknown,
  SupplierRefused,
} from '../supplier.port.js';
import type { Answer } from './read-answer.js';
import { readReservation } from './read-reservation.js';

/** @returns the error that an answer means; if it means that the call succeeded, the call's result */
type Rule<Result> = (answer: Answer, who: string) => SupplierFailure | Result;

/** For answers that never mean success. */
type Failing = Rule<never>;

/** What the answers to a call mean. A test compares this with docs/partner-api.json. */
export interface AnswerTable<Result = unknown> {
  /** By the `code` in an error's body; final whatever the status. */
  readonly final: Readonly<Record<string, Failing>>;
  /** By status, or by status class if the status isn't listed. */
  readonly statuses: Readonly<Record<string, Rule<Result>>>;
}

/*
 * Travellers and operators read these messages. They contain nothing that the partner wrote, because it may echo what we
 * sent, including the token.
 */
const refused =
  (message: string): Failing =>
  ({ status }, who) =>
    new SupplierRefused(`${who} ${message} (${status}).`);

const unknown =
  (message: string): Failing =>
  ({ status, retryAfterMs }, who) =>
    // "Retry immediately" is left to our own backoff, which doesn't hammer a partner that is down.
    new SupplierOutcomeUnknown(`${who} ${message} (${status}).`, { retryAfterMs: retryAfterMs || undefined });

const inconclusive = unknown('sent an answer that does not report the state of the reservation');

// Proxies and login pages answer 200 too, so only the state in the body counts.
const released: Rule<void> = (answer, who) =>
  field(answer, 'state') === 'RELEASED' ? undefined : inconclusive(answer, who);

/** Held, and everything else in the answer is readable: a half-understood reservation doesn't count. */
const held: Rule<Holding> = (answer, who) => {
  if (field(answer, 'state') !== 'HELD') return inconclusive(answer, who);
  const read = readReservation(answer.body);
  if ('holding' in read) return read.holding;
  return new SupplierOutcomeUnknown(`${who} sent an unreadable reservation: ${read.problem}.`);
};

/** Answers that mean the same for both calls. */
const COMMON = {
  '2XX': inconclusive,
  // Following a redirect would send our token to its target and may turn PUT into GET.
  '3XX': unknown('answered with a redirect, which is not followed'),
  '401': refused('rejected our credentials; an operator must check them'),
  '403': refused('does not permit this with our credentials; an operator must check them'),
  // Proxies answer 408 too, also for a request that they have already forwarded.
  '408': unknown('took too long to answer'),
  // A gateway answers 409 to a repeated request while the first is still open: the outcome of the first is unknown.
  '409': unknown('is still processing this request'),
  '425': unknown('is not ready for the request'),
  '429': unknown('is throttling our requests'),
  '4XX': refused('refused the request'),
  // Even with `Retry-After`: a proxy may have forwarded the request before it failed.
  '5XX': unknown('failed to process the request'),
} as const satisfies AnswerTable<never>['statuses'];

const releasedBefore = refused('released this reservation before and accepts no other under its key');

/** What the answers to `PUT /reservations/{key}` mean. */
export const RESERVE_ANSWERS: AnswerTable<Holding> = {
  final: {
    REFUSED: refused('refused the reservation'),
    RELEASED: releasedBefore,
    SOLD_OUT: (_answer, who) => new OfferSoldOut(`${who} has sold out of this offer.`),
    UNKNOWN_OFFER: (_answer, who) => new OfferUnknown(`${who} has no such offer.`),
  },
  statuses: {
    ...COMMON,
    '200': held,
    '201': held,
    '404': refused('found nothing at the requested address'),
    '410': releasedBefore,
  },
};

/** What the answers to `DELETE /reservations/{key}` mean. */
export const RELEASE_ANSWERS: AnswerTable<void> = {
  final: { REFUSED: refused('refused to release the reservation') },
  statuses: {
    ...COMMON,
    '200': released,
    '204': () => undefined,
    // "Not found" is no tombstone: a reserve still in transit would be accepted and never released. The same goes for "gone",
    // which an API that has moved also answers.
    '404': unknown('does not know the reservation and may still accept one that is in transit'),
    '410': unknown('reports the reservation as gone but may still accept one that is in transit'),
  },
};

/**
 * @param who the supplier; starts the error's message
 * @returns what a successful call returns: for a reserve, what the partner holds
 * @throws SupplierRefused or SupplierOutcomeUnknown unless the answer means success
 */
export function judge<Result>(table: AnswerTable<Result>, answer: Answer, who: string): Result {
  const meaning = ruleFor(table, answer)(answer, who);
  if (meaning instanceof SupplierFailure) throw meaning;
  return meaning;
}

function ruleFor<Result>({ final, statuses }: AnswerTable<Result>, answer: Answer): Rule<Result> {
  const { status } = answer;
  const code = field(answer, 'code');
  if (status >= 400 && typeof code === 'string' && Object.hasOwn(final, code)) return final[code]!;
  return (
    statuses[status] ?? statuses[`${Math.floor(status / 100)}XX`] ?? unknown('sent an unexpected answer')
  );
}

function field({ body }: Answer, name: 'state' | 'code'): unknown {
  return typeof body === 'object' ? (body as Record<string, unknown> | null)?.[name] : undefined;
}
