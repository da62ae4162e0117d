/** Every name that the API process and the worker process must agree on, in one place. */
export const TASK_QUEUE = 'saga-task-queue';

/**
 * Where a partner's calls wait for a worker, apart from everybody else's: of a partner that hangs, only its own stand still.
 * @param sagas the queue of the workflows, our stock and the sandbox
 */
export const partnerQueue = (sagas: string, partner: string) => `${sagas}-${partner}`;

/** The workflow type. The client starts it by name, so that it needs no import of workflow code. */
export const BOOK_VACATION = 'bookVacation';

/** Query: answers with the booking's present `BookingRecord`, or null before the run has claimed it. */
export const BOOKING_QUERY = 'booking';

/** Signal: look at your record. */
export const NUDGE_SIGNAL = 'nudge';

/** Update: an operator's `Decision`. */
export const DECIDE_UPDATE = 'decide';

/** `ApplicationFailure.type` with which a decision is refused that would change nothing. */
export const DECISION_REFUSED = 'DecisionRefused';

/** The workflow's sink that tells its worker of every change, as soon as the workflow has made it. */
export const NEWS_SINK = 'news';

/** What operators search workflows by. Has to be registered with the namespace before anything can be started. */
export const SEARCH_ATTRIBUTES = {
  /** Set on entering NEEDS_ATTENTION, and on leaving it. */
  status: { name: 'BookingStatus', type: 'KEYWORD' },
  owner: { name: 'BookingOwner', type: 'KEYWORD' },
  offers: { name: 'BookingOffers', type: 'KEYWORD_LIST' },
} as const;

const MAX_LENGTH = 80;

/** A line for Temporal's Web UI. The server refuses summaries of over 400 bytes, and with them the whole request. */
export function summary(text: string): string {
  const characters = [...text];
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join('')}…` : text;
}
