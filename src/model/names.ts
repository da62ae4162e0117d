/** The names that the API and the workers must agree on. */
export const TASK_QUEUE = 'saga-task-queue';

/**
 * The task queue of a partner's calls. It is separate, so that a partner that hangs delays only its own calls.
 * @param sagas the task queue of the workflows, our own stock and the sandbox
 */
export const partnerQueue = (sagas: string, partner: string) => `${sagas}-${partner}`;

/** The workflow type. Clients start it by name and so don't import workflow code. */
export const BOOK_VACATION = 'bookVacation';

/** Query: returns the booking's current `BookingRecord`, or null before the run has claimed it. */
export const BOOKING_QUERY = 'booking';

/** Signal: read your record. */
export const NUDGE_SIGNAL = 'nudge';

/** Update: an operator's `Decision`. */
export const DECIDE_UPDATE = 'decide';

/** `ApplicationFailure.type` of the refusal of a decision that would change nothing. */
export const DECISION_REFUSED = 'DecisionRefused';

/** The search attributes of the workflows. They must be registered with the namespace before any workflow can start. */
export const SEARCH_ATTRIBUTES = {
  /** Set on entering and on leaving NEEDS_ATTENTION. */
  status: { name: 'BookingStatus', type: 'KEYWORD' },
  owner: { name: 'BookingOwner', type: 'KEYWORD' },
  offers: { name: 'BookingOffers', type: 'KEYWORD_LIST' },
} as const;
