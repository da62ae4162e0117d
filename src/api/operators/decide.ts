import type { Wishes } from '../../database/wishes.js';
import type { BookingRecord } from '../../model/booking.js';
import { decisionProblem, type Decision } from '../../model/decision.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { BookingEngine } from '../../temporal/engine.js';
import type { RequestContext } from '../access/context.js';
import type { Reader } from '../booking/read.js';
import type { Outcome } from '../shared/booking.mapper.js';
import { BookingNotFoundError, UserError } from '../shared/user-error.type.js';

/** Between our reading and our asking another operator may have decided. */
const ROUNDS = 3;

type Bare<D> = D extends Decision ? Omit<D, 'number' | 'by'> : never;

/** What an operator wants of a booking, as it was read just now. */
export interface Intent {
  readonly id: string;
  /** Or why there is nothing to decide. */
  readonly decisionFor: (record: BookingRecord) => Bare<Decision> | UserError;
  /** How the operator is told that the decision would change nothing. */
  readonly refusal: (problem: string) => UserError;
}

/** Hands an operator's decision to the booking's run. @throws DatabaseUnavailable, WorkerUnavailable, EngineUnavailable */
export type Decide = (intent: Intent, context: RequestContext) => Promise<Outcome>;

export interface DecideParts {
  readonly wishes: Pick<Wishes, 'find'>;
  readonly engine: Pick<BookingEngine, 'decide'>;
  readonly reader: Reader;
}

export function createDecide({ wishes, engine, reader }: DecideParts): Decide {
  /** What is decided is decided: if the record can't be read now, what is known of it is told. */
  async function readAfter(record: BookingRecord): Promise<Outcome> {
    const reading = await reader.read(record.id).catch((error: unknown) => {
      if (error instanceof ServiceUnavailable) return undefined;
      throw error;
    });
    return { reading: reading ?? (await reader.readOn(record)), userErrors: [] };
  }

  return async ({ id, decisionFor, refusal }, { caller }) => {
    for (let round = 0; round < ROUNDS; round++) {
      const record = await wishes.find(id);
      if (!record) return { userErrors: [new BookingNotFoundError(id)] };
      const wanted = decisionFor(record);
      if (wanted instanceof UserError) return { userErrors: [wanted] };
      const decision: Decision = { ...wanted, number: record.facts.decisions + 1, by: caller.subject };
      // What would change nothing never reaches Temporal (law 12).
      const problem = decisionProblem(record, decision);
      if (problem) return { userErrors: [refusal(problem)] };
      if ((await engine.decide(record, decision)) === 'done') return readAfter(record);
    }
    return { userErrors: [refusal('The booking changed meanwhile: read it, and decide again.')] };
  };
}
