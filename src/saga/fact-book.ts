import type { BookingFacts, CallOff, LegFacts, SagaEvent } from '../model/booking.js';
import type { BookingFailure } from '../model/failures.js';

/** A record that operators have worked on for long keeps the latest of what happened. */
const MAX_EVENTS = 200;

export interface LegChange
  extends Pick<LegFacts, 'state'>, Partial<Pick<LegFacts, 'attempts' | 'lastError'>> {
  /** For the timeline, where it says more than the last error. */
  readonly note?: string;
}

/** The facts of a booking as its run knows them, to be recorded now and then. Time is the workflow's own, replayable clock. */
export interface FactBook {
  view(): BookingFacts;
  /** Grows with every change. */
  revision(): number;
  replace(facts: BookingFacts): void;
  leg(id: string, change: LegChange): void;
  /** The first reason stands; but having been stopped is none any more once the trip is called off. */
  failed(failure: BookingFailure, cancellation?: CallOff): void;
  /** One more decision of an operator is carried out. */
  decided(): void;
  /** Forgets why it was stopped: every leg is tried again, and the deadline counts from now. */
  resume(): void;
}

export function createFactBook(initial: BookingFacts, onChange: () => void): FactBook {
  let facts = initial;
  let revision = 0;
  const now = () => new Date(Date.now()).toISOString();
  const replace = (others: BookingFacts) => {
    facts = others;
    revision++;
    onChange();
  };
  const change = (changes: Partial<BookingFacts>) => replace({ ...facts, ...changes });

  return {
    view: () => facts,
    revision: () => revision,
    replace,
    leg(id, { note, ...changes }) {
      const at = now();
      const message = note ?? changes.lastError;
      const event: SagaEvent = {
        at,
        legId: id,
        state: changes.state,
        ...(changes.attempts !== undefined && { attempt: changes.attempts }),
        ...(message !== undefined && { message }),
      };
      const begun = changes.state === 'RUNNING' || changes.state === 'UNDOING';
      const step = begun ? { attempts: 0, decision: facts.decisions } : {};
      change({
        legs: facts.legs.map((leg) => (leg.id === id ? { ...leg, ...step, ...changes, since: at } : leg)),
        events: [...facts.events, event].slice(-MAX_EVENTS),
      });
    },
    failed(failure, cancellation) {
      const first = facts.failure?.code === 'TERMINATED' ? undefined : facts.failure;
      change({ failure: first ?? failure, ...(cancellation && { cancellation }) });
    },
    decided: () => change({ decisions: facts.decisions + 1 }),
    resume() {
      const { failure: _, ...others } = facts;
      const legs = facts.legs.map(({ id }) => ({ id, state: 'PENDING' as const, attempts: 0, decision: 0 }));
      replace({ ...others, legs, resumedAt: now() });
    },
  };
}
