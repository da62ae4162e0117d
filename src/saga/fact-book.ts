import { LATEST, type BookingFacts, type CallOff, type LegFacts, type SagaEvent } from '../model/booking.js';
import { cleanText, type BookingFailure } from '../model/failures.js';

export interface LegChange
  extends Pick<LegFacts, 'state'>, Partial<Pick<LegFacts, 'attempts' | 'lastError'>> {
  /** For the timeline, where it says more than the last error. */
  readonly note?: string;
}

/**
 * The facts of a booking as its run knows them, to be recorded now and then. Time is the workflow's own, replayable clock.
 * Every text is made one that the database takes, for a record that can't be written holds its booking up for good.
 */
export interface FactBook {
  view(): BookingFacts;
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
  const now = () => new Date(Date.now()).toISOString();
  const replace = (others: BookingFacts) => {
    facts = others;
    onChange();
  };
  const change = (changed: BookingFacts) => replace({ ...changed, changes: facts.changes + 1 });

  return {
    view: () => facts,
    replace,
    leg(id, { note, ...changed }) {
      const at = now();
      const lastError = changed.lastError !== undefined && cleanText(changed.lastError);
      const message = note !== undefined ? cleanText(note) : lastError;
      const event: SagaEvent = {
        at,
        legId: id,
        state: changed.state,
        ...(changed.attempts !== undefined && { attempt: changed.attempts }),
        ...(message !== false && { message }),
      };
      const begun = changed.state === 'RUNNING' || changed.state === 'UNDOING';
      const news = {
        ...(begun && { attempts: 0 }),
        ...changed,
        ...(lastError !== false && { lastError }),
        since: at,
      };
      change({
        ...facts,
        legs: facts.legs.map((leg) => (leg.id === id ? { ...leg, ...news } : leg)),
        events: latest([...facts.events, event], id),
      });
    },
    failed(failure, cancellation) {
      const first = facts.failure?.code === 'TERMINATED' ? undefined : facts.failure;
      change({
        ...facts,
        failure: first ?? { ...failure, message: cleanText(failure.message) },
        ...(cancellation && { cancellation }),
      });
    },
    decided: () => change({ ...facts, decisions: facts.decisions + 1 }),
    resume() {
      const { failure: _, ...others } = facts;
      const legs = facts.legs.map(({ id }) => ({ id, state: 'PENDING' as const, attempts: 0 }));
      change({ ...others, legs, resumedAt: now() });
    },
  };
}

/** Without the leg's oldest event, where it has one too many. */
function latest(events: readonly SagaEvent[], legId: string): readonly SagaEvent[] {
  const ofLeg = events.filter((event) => event.legId === legId);
  return ofLeg.length > LATEST ? events.filter((event) => event !== ofLeg[0]) : events;
}
