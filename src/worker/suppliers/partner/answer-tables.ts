import {
  OfferSoldOut,
  OfferUnknown,
  type SupplierFailure,
  SupplierOutcomeUnknown,
  SupplierRefused,
} from '../supplier.port.js';
import { type Answer, reservationProblem } from './read-answer.js';

/** @returns the error that an answer means, or nothing where it means that the thing is done. */
type Rule = (answer: Answer, who: string) => SupplierFailure | undefined;

/** What the answers to a call mean. docs/partner-api.json says the same: a test compares. */
export interface AnswerTable {
  /** The `code` of an error's body that settles the matter, whatever the status. */
  readonly final: Readonly<Record<string, Rule>>;
  /** By status, or by class of statuses for those not named. */
  readonly statuses: Readonly<Record<string, Rule>>;
}

/*
 * Texts reach travellers and operators: nothing that the partner wrote goes into them, for it may echo what we sent,
 * the token among it.
 */
const refused =
  (says: string): Rule =>
  ({ status }, who) =>
    new SupplierRefused(`${who} ${says} (${status}).`);

const unknown =
  (says: string): Rule =>
  ({ status, retryAfterMs }, who) =>
    // "At once" is left to our own back-off: it knows better than to hammer somebody who is down.
    new SupplierOutcomeUnknown(`${who} ${says} (${status}).`, { retryAfterMs: retryAfterMs || undefined });

const saysNothing = unknown('sent an answer that does not say what became of the reservation');

// Proxies and login pages answer 200 too: only the word of the partner counts.
const released: Rule = (answer, who) =>
  field(answer, 'state') === 'RELEASED' ? undefined : saysNothing(answer, who);

/** Held, and whatever else is said of it can be read: a reservation that is understood by half is none. */
const held: Rule = (answer, who) => {
  if (field(answer, 'state') !== 'HELD') return saysNothing(answer, who);
  const problem = reservationProblem(answer.body);
  if (problem === undefined) return undefined;
  return new SupplierOutcomeUnknown(`${who} sent a reservation that can't be read: ${problem}.`);
};

/** Answers that mean the same whatever was asked. */
const COMMON = {
  '2XX': saysNothing,
  // Following would send our token to whoever is named, and may turn PUT into GET.
  '3XX': unknown('sent us elsewhere'),
  '401': refused('does not accept our credentials: an operator has to check them'),
  '403': refused('does not allow this with our credentials: an operator has to check them'),
  // Proxies say it too, of a request that they have passed on already.
  '408': unknown('took too long to answer'),
  // A gateway that keeps the first request open answers the second with it: what became of the first, nobody knows.
  '409': unknown('is busy with this very request'),
  '425': unknown('is not ready for this request'),
  '429': unknown('is asked too often'),
  '4XX': refused('refuses the request'),
  // Also with `Retry-After`: a proxy may have passed the request on before it knew.
  '5XX': unknown('broke down over the request'),
} as const satisfies AnswerTable['statuses'];

const releasedBefore = refused('has released this reservation, and takes no other under its name');

/** What the answers to `PUT /reservations/{key}` mean. */
export const RESERVE_ANSWERS: AnswerTable = {
  final: {
    REFUSED: refused('refuses the reservation'),
    RELEASED: releasedBefore,
    SOLD_OUT: (_answer, who) => new OfferSoldOut(`${who} has nothing left of this offer.`),
    UNKNOWN_OFFER: (_answer, who) => new OfferUnknown(`${who} has no such offer.`),
  },
  statuses: {
    ...COMMON,
    '200': held,
    '201': held,
    '404': refused('knows nothing of what we ask for'),
    '410': releasedBefore,
  },
};

/** What the answers to `DELETE /reservations/{key}` mean. */
export const RELEASE_ANSWERS: AnswerTable = {
  final: { REFUSED: refused('refuses to release the reservation') },
  statuses: {
    ...COMMON,
    '200': released,
    '204': () => undefined,
    // "Not here" is no tombstone: a reserve still on its way would be taken, and held for nobody. So is "gone", which
    // an API that has moved says as well.
    '404': unknown('knows no such reservation, and so may still take one that is on its way'),
    '410': unknown('calls the reservation gone, and may still take one that is on its way'),
  },
};

/**
 * @param who the supplier, as the error's text begins
 * @throws SupplierRefused or SupplierOutcomeUnknown, unless the answer means that it is done
 */
export function judge(table: AnswerTable, answer: Answer, who: string): void {
  const error = ruleFor(table, answer)(answer, who);
  if (error) throw error;
}

function ruleFor({ final, statuses }: AnswerTable, answer: Answer): Rule {
  const { status } = answer;
  const code = field(answer, 'code');
  if (status >= 400 && typeof code === 'string' && Object.hasOwn(final, code)) return final[code]!;
  return statuses[status] ?? statuses[`${Math.floor(status / 100)}XX`] ?? unknown('sent a strange answer');
}

function field({ body }: Answer, name: 'state' | 'code'): unknown {
  return typeof body === 'object' ? (body as Record<string, unknown> | null)?.[name] : undefined;
}
