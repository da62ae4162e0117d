import {
  OfferSoldOut,
  OfferUnknown,
  SupplierOutcomeUnknown,
  SupplierRefused,
  SupplierUnavailable,
} from '../supplier-errors.js';
import type { Answer } from './read-answer.js';

/** @returns the error that an answer means, or nothing where it means that the thing is done. */
type Rule = (answer: Answer, who: string) => Error | undefined;

/** By status, or by class of statuses for those not named. docs/partner-api.json lists the same ones: a test compares. */
export type AnswerTable = Readonly<Record<string, Rule>>;

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
  ({ status }, who) =>
    new SupplierOutcomeUnknown(`${who} ${says} (${status}).`);

const unavailable =
  (says: string): Rule =>
  ({ status, retryAfterMs }, who) =>
    // "At once" is left to our own back-off: it knows better than to hammer somebody who is down.
    new SupplierUnavailable(`${who} ${says} (${status}). Retrying...`, {
      retryAfterMs: retryAfterMs || undefined,
    });

/** Proxies and login pages answer 200 too: only the word of the partner counts. */
const states =
  (state: string): Rule =>
  (answer, who) =>
    field(answer, 'state') === state
      ? undefined
      : unknown('sent an answer that does not say what became of the reservation')(answer, who);

/** Answers that mean the same whatever was asked. */
const COMMON: AnswerTable = {
  '2XX': unknown('sent an answer that does not say what became of the reservation'),
  // Following would send our token to whoever is named, and may turn PUT into GET.
  '3XX': unknown('sent us elsewhere'),
  '401': refused('does not accept our credentials: an operator has to check them'),
  '403': refused('does not allow this with our credentials: an operator has to check them'),
  // Proxies say it too, of a request that they have passed on already.
  '408': unknown('took too long to answer'),
  '425': unavailable('is not ready for this request'),
  '429': unavailable('is asked too often'),
  '4XX': refused('refuses the request'),
  // A proxy whose partner broke off says 503 as well, but not when to come back: only with `Retry-After` is it certain.
  '503': (answer, who) =>
    answer.retryAfterMs === undefined
      ? unknown('broke down over the request')(answer, who)
      : unavailable('is down')(answer, who),
  '5XX': unknown('broke down over the request'),
};

/** What the answers to `PUT /reservations/{key}` mean. */
export const RESERVE_ANSWERS: AnswerTable = {
  ...COMMON,
  '200': states('HELD'),
  '201': states('HELD'),
  '404': (answer, who) =>
    field(answer, 'code') === 'UNKNOWN_OFFER'
      ? new OfferUnknown(`${who} has no such offer.`)
      : refused('knows nothing of what we ask for')(answer, who),
  '409': (answer, who) =>
    field(answer, 'code') === 'SOLD_OUT'
      ? new OfferSoldOut(`${who} has nothing left of this offer.`)
      : refused('refuses the reservation')(answer, who),
  '410': refused('has released this reservation, and takes no other under its name'),
};

/** What the answers to `DELETE /reservations/{key}` mean. */
export const RELEASE_ANSWERS: AnswerTable = {
  ...COMMON,
  '200': states('RELEASED'),
  '204': () => undefined,
  // "Not here" is no tombstone: a reserve still on its way would be taken, and held for nobody. So is "gone", which
  // an API that has moved says as well.
  '404': unknown('knows no such reservation, and so may still take one that is on its way'),
  '410': unknown('calls the reservation gone, and may still take one that is on its way'),
};

/**
 * @param who the supplier, as the error's text begins
 * @throws SupplierRefused, SupplierUnavailable or SupplierOutcomeUnknown, unless the answer means that it is done
 */
export function judge(table: AnswerTable, answer: Answer, who: string): void {
  const { status } = answer;
  const rule = table[status] ?? table[`${Math.floor(status / 100)}XX`] ?? unknown('sent a strange answer');
  const error = rule(answer, who);
  if (error) throw error;
}

function field({ body }: Answer, name: 'state' | 'code'): unknown {
  return typeof body === 'object' ? (body as Record<string, unknown> | null)?.[name] : undefined;
}
