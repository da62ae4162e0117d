import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { LEG_KINDS, type LegKind as LegKindWord } from '../../model/legs.js';
import { Booking } from '../booking/booking.type.js';
import { optional } from '../shared/checks.js';
import { id, lines, MAX_REASON_LENGTH } from '../shared/texts.js';
import { LegKind } from '../shared/enums.js';
import { errorCodes, USER_ERROR, UserErrorFields } from '../shared/user-error.type.js';

@InputType({ description: 'A leg whose undo is stuck (UNDO_FAILED). Give either `leg` or `legId`.' })
export class UndoInput {
  @Field(() => ID, { description: 'Id of the booking.' })
  id!: string;

  @Field(() => LegKind, {
    nullable: true,
    description: 'Kind of the leg, if the booking has only one leg of that kind.',
  })
  leg?: LegKindWord | null;

  @Field(() => String, { nullable: true, description: 'Id of the leg, as in `Booking.legs`.' })
  legId?: string | null;
}

@InputType({ description: 'A leg whose undo is stuck (UNDO_FAILED) and that was released by hand.' })
export class SettleUndoInput extends UndoInput {
  @Field(() => String, { description: `How the leg was released, 1 to ${MAX_REASON_LENGTH} characters.` })
  note!: string;
}

@InputType({ description: 'A parked booking: its workflow was stopped from outside before it finished.' })
export class ResumeBookingInput {
  @Field(() => ID, { description: 'Id of the booking.' })
  id!: string;
}

const UndoErrorCode = errorCodes('Undo', ['INVALID_INPUT', 'BOOKING_NOT_FOUND', 'UNDO_NOT_STUCK']);

@ObjectType({ implements: UserErrorFields, description: 'Why an undo was not decided.' })
class UndoUserError extends UserErrorFields {
  @Field(() => UndoErrorCode, USER_ERROR.code)
  code!: keyof typeof UndoErrorCode;
}

@ObjectType({ description: 'The booking after the decision, or why there was nothing to decide.' })
export class UndoPayload {
  @Field(() => Booking, { nullable: true, description: 'Null if nothing was decided.' })
  booking?: Booking | null;

  @Field(() => [UndoUserError], USER_ERROR.userErrors)
  userErrors!: UndoUserError[];
}

const ResumeBookingErrorCode = errorCodes('ResumeBooking', [
  'INVALID_INPUT',
  'BOOKING_NOT_FOUND',
  'BOOKING_NOT_PARKED',
]);

@ObjectType({ implements: UserErrorFields, description: 'Why a booking was not resumed.' })
class ResumeBookingUserError extends UserErrorFields {
  @Field(() => ResumeBookingErrorCode, USER_ERROR.code)
  code!: keyof typeof ResumeBookingErrorCode;
}

@ObjectType({ description: 'The booking after the decision, or why there was nothing to decide.' })
export class ResumeBookingPayload {
  @Field(() => Booking, { nullable: true, description: 'Null if nothing was decided.' })
  booking?: Booking | null;

  @Field(() => [ResumeBookingUserError], USER_ERROR.userErrors)
  userErrors!: ResumeBookingUserError[];
}

const legFields = { leg: optional(z.enum(LEG_KINDS)), legId: optional(id('The leg id')) };

const namesOneLeg = ({ leg, legId }: { leg?: LegKindWord | undefined; legId?: string | undefined }) =>
  (leg === undefined) !== (legId === undefined);
const NAME_ONE = { path: ['leg'], error: 'Give either leg or legId.' };

export const undoSchema = z.object({ id: id('The id'), ...legFields }).refine(namesOneLeg, NAME_ONE);
export const settleUndoSchema = z
  .object({ id: id('The id'), ...legFields, note: lines('The note', MAX_REASON_LENGTH) })
  .refine(namesOneLeg, NAME_ONE);
export const resumeBookingSchema = z.object({ id: id('The id') });

/** The validated input. */
export type Undo = z.infer<typeof undoSchema>;
