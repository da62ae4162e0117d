import {
  LATEST,
  type BookingFacts,
  type CallOff,
  type LegFacts,
  type SagaEvent,
  type TriedChoice,
} from '../model/booking.js';
import { cleanText, type BookingFailure, type OfferFailure } from '../model/failures.js';

export interface LegChange
  extends Pick<LegFacts, 'state'>, Partial<Pick<LegFacts, 'attempts' | 'lastError' | 'failure' | 'holding'>> {
  /** Message for the timeline; replaces the last error there. */
  readonly note?: string;
}

/**
 * The facts of a booking as its run knows them, recorded from time to time. Times come from the workflow's replayable clock.
 * Every text is cleaned, because a record that the database rejects would block its booking for good.
 */
export interface FactBook {
  view(): BookingFacts;
  replace(facts: BookingFacts): void;
  leg(id: string, change: LegChange): void;
  /** The first reason stands, except that any later reason replaces TERMINATED. */
  failed(failure: BookingFailure, cancellation?: CallOff): void;
  /** Counts one more operator decision as carried out. */
  decided(): void;
  /** Gives up the leg's current choice. */
  gaveUp(id: string, choice: TriedChoice): void;
  /** Notes that nothing is held any more of a choice that was given up. */
  released(id: string, choice: number): void;
  /** Clears the failure and resets every leg; what was given up stays given up. The deadline counts from now. */
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

  const changeTried = (id: string, next: (tried: readonly TriedChoice[]) => TriedChoice[]) =>
    change({
      ...facts,
      legs: facts.legs.map((leg) => (leg.id === id ? { ...leg, tried: next(leg.tried) } : leg)),
    });

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
      const starts = changed.state === 'RUNNING' || changed.state === 'UNDOING';
      const update = {
        ...(starts && { attempts: 0 }),
        ...changed,
        ...(lastError !== false && { lastError }),
        ...(changed.failure && { failure: cleaned(changed.failure) }),
        since: at,
      };
      // What was said about a choice doesn't apply to the next one.
      const afresh = ({ lastError: _, failure: __, ...leg }: LegFacts) => leg;
      const updated = (leg: LegFacts) => ({
        ...(changed.state === 'RUNNING' ? afresh(leg) : leg),
        ...update,
      });
      change({
        ...facts,
        legs: facts.legs.map((leg) => (leg.id === id ? updated(leg) : leg)),
        events: latest([...facts.events, event], id),
      });
    },
    gaveUp: (id, choice) => changeTried(id, (tried) => [...tried, cleaned(choice)]),
    released: (id, choice) =>
      changeTried(id, (tried) =>
        tried.map(({ mayBeHeld, ...one }, index) => ({
          ...one,
          ...(mayBeHeld && index !== choice && { mayBeHeld }),
        })),
      ),
    failed(failure, cancellation) {
      const first = facts.failure?.code === 'TERMINATED' ? undefined : facts.failure;
      change({
        ...facts,
        failure: first ?? cleaned(failure),
        ...(cancellation && { cancellation }),
      });
    },
    decided: () => change({ ...facts, decisions: facts.decisions + 1 }),
    resume() {
      const { failure: _, ...others } = facts;
      const legs = facts.legs.map(({ id, tried }) => ({
        id,
        state: 'PENDING' as const,
        attempts: 0,
        tried,
      }));
      change({ ...others, legs, resumedAt: now() });
    },
  };
}

const cleaned = <F extends OfferFailure>(failure: F): F => ({
  ...failure,
  message: cleanText(failure.message),
});

/** Drops the leg's oldest event if it has more than `LATEST`. */
function latest(events: readonly SagaEvent[], legId: string): readonly SagaEvent[] {
  const ofLeg = events.filter((event) => event.legId === legId);
  return ofLeg.length > LATEST ? events.filter((event) => event !== ofLeg[0]) : events;
}
