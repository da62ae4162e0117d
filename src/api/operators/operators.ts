import type { Wishes } from '../../database/wishes.js';
import type { BookingRecord } from '../../model/booking.js';
import { type Decision, decisionProblem } from '../../model/decision.js';
import type { LegKind } from '../../model/legs.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { BookingEngine } from '../../temporal/engine.js';
import type { RequestContext } from '../access/context.js';
import type { Reader } from '../booking/read.js';
import type { Outcome } from '../shared/booking.mapper.js';
import { checkInput } from '../shared/checks.js';
import {
  BookingNotFoundError,
  BookingNotParkedError,
  InvalidInputError,
  UndoNotStuckError,
  UserError,
} from '../shared/user-errors.js';
import {
  type ResumeBookingInput,
  resumeBookingSchema,
  type SettleUndoInput,
  settleUndoSchema,
  type Undo,
  type UndoInput,
  undoSchema,
} from './operators.type.js';

/** Another operator may decide between our read and our decision. */
const MAX_ROUNDS = 3;

type Unnumbered<D> = D extends Decision ? Omit<D, 'number' | 'by'> : never;

/** What an operator wants to happen to a booking. */
export interface Intent<E extends UserError> {
  readonly id: string;
  /** The decision for the booking as just read, or why there is nothing to decide. */
  readonly decisionFor: (record: BookingRecord) => Unnumbered<Decision> | E;
  /** The error for a decision that would change nothing. */
  readonly refusal: (problem: string) => E;
}

/** Hands an operator's decision to the booking's run. @throws DatabaseUnavailable, WorkerUnavailable, EngineUnavailable */
export type Decide = <E extends UserError>(
  intent: Intent<E>,
  context: RequestContext,
) => Promise<Outcome<E | BookingNotFoundError>>;

export interface DecideParts {
  readonly wishes: Pick<Wishes, 'find'>;
  readonly engine: Pick<BookingEngine, 'decide'>;
  readonly reader: Reader;
}

export function createDecide({ wishes, engine, reader }: DecideParts): Decide {
  /** The decision stands even if the record can't be read afterwards; then the known record is returned. */
  async function readAfter(record: BookingRecord): Promise<Outcome<never>> {
    const reading = await reader.read(record.id).catch((error: unknown) => {
      if (error instanceof ServiceUnavailable) return undefined;
      throw error;
    });
    return { reading: reading ?? (await reader.readOn(record)), userErrors: [] };
  }

  return async ({ id, decisionFor, refusal }, { caller }) => {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const record = await wishes.find(id);
      if (!record) return { userErrors: [new BookingNotFoundError(id)] };
      const wanted = decisionFor(record);
      if (wanted instanceof UserError) return { userErrors: [wanted] };
      const decision: Decision = { ...wanted, number: record.facts.decisions + 1, by: caller.subject };
      // A decision that would change nothing is never sent to Temporal (law 12).
      const problem = decisionProblem(record, decision);
      if (problem) return { userErrors: [refusal(problem)] };
      if ((await engine.decide(record, decision)) === 'done') return readAfter(record);
    }
    return { userErrors: [refusal('The booking changed in the meantime. Read it again, then decide.')] };
  };
}

/** Why there may be nothing to decide about an undo. */
type UndoRefusal = InvalidInputError | UndoNotStuckError;
type UndoError = UndoRefusal | BookingNotFoundError;

/** Operators' decisions about bookings that need attention. Each method throws the errors of `Decide`. */
export interface Operators {
  retryUndo(input: UndoInput, context: RequestContext): Promise<Outcome<UndoError>>;
  settleUndo(input: SettleUndoInput, context: RequestContext): Promise<Outcome<UndoError>>;
  resumeBooking(
    input: ResumeBookingInput,
    context: RequestContext,
  ): Promise<Outcome<InvalidInputError | BookingNotFoundError | BookingNotParkedError>>;
}

export function createOperators(decide: Decide): Operators {
  return {
    async retryUndo(input, context) {
      const checked = checkInput(undoSchema, input);
      if (!checked.ok) return { userErrors: checked.errors };
      return decide(
        undoIntent(checked.value, (legId) => ({ action: 'retry', legId })),
        context,
      );
    },

    async settleUndo(input, context) {
      const checked = checkInput(settleUndoSchema, input);
      if (!checked.ok) return { userErrors: checked.errors };
      const { note } = checked.value;
      return decide(
        undoIntent(checked.value, (legId) => ({ action: 'settle', legId, note })),
        context,
      );
    },

    async resumeBooking(input, context) {
      const checked = checkInput(resumeBookingSchema, input);
      if (!checked.ok) return { userErrors: checked.errors };
      const intent: Intent<BookingNotParkedError> = {
        id: checked.value.id,
        decisionFor: () => ({ action: 'resume' }),
        refusal: (problem) => new BookingNotParkedError(problem, ['input', 'id']),
      };
      return decide(intent, context);
    },
  };
}

function undoIntent(
  { id, ...named }: Undo,
  decisionOn: (legId: string) => Unnumbered<Decision>,
): Intent<UndoRefusal> {
  const refusal = (problem: string) =>
    new UndoNotStuckError(problem, ['input', named.leg === undefined ? 'legId' : 'leg']);
  return {
    id,
    decisionFor(record) {
      const legId = named.legId ?? legIdOf(record, named.leg, refusal);
      return typeof legId === 'string' ? decisionOn(legId) : legId;
    },
    refusal,
  };
}

/** The one leg of a kind. */
function legIdOf(
  { order }: BookingRecord,
  kind: LegKind | undefined,
  refusal: Intent<UndoRefusal>['refusal'],
): string | UndoRefusal {
  const legs = order.legs.filter((leg) => leg.kind === kind);
  const ids = legs.map(({ id }) => id).join(', ');
  if (legs.length > 1) {
    return new InvalidInputError(`The booking has several legs of this kind. Name one with legId (${ids}).`, [
      'input',
      'leg',
    ]);
  }
  return legs[0]?.id ?? refusal(`The booking has no leg of kind ${kind}.`);
}
