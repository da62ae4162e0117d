import type { BookingRecord } from '../../model/booking.js';
import type { LegKind } from '../../model/legs.js';
import type { RequestContext } from '../access/context.js';
import { checkInput } from '../shared/checks.js';
import type { Outcome } from '../shared/booking.mapper.js';
import {
  BookingNotParkedError,
  InvalidInputError,
  UndoNotStuckError,
  type UserError,
} from '../shared/user-error.type.js';
import type { Decide, Intent } from './decide.js';
import {
  resumeBookingSchema,
  settleUndoSchema,
  undoSchema,
  type ResumeBookingInput,
  type SettleUndoInput,
  type Undo,
  type UndoInput,
} from './operators.type.js';

/** Operators' decisions about bookings that need attention. Each method throws the errors of `Decide`. */
export interface Operators {
  retryUndo(input: UndoInput, context: RequestContext): Promise<Outcome>;
  settleUndo(input: SettleUndoInput, context: RequestContext): Promise<Outcome>;
  resumeBooking(input: ResumeBookingInput, context: RequestContext): Promise<Outcome>;
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
      const intent: Intent = {
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
  decisionOn: (legId: string) => ReturnType<Intent['decisionFor']>,
): Intent {
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
  refusal: Intent['refusal'],
): string | UserError {
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
