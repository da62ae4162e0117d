import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { LEG_KINDS, type LegKind as LegKindWord } from '../../model/legs.js';
import { Booking } from '../booking/booking.type.js';
import { optional } from '../shared/checks.js';
import { id, lines, MAX_REASON_LENGTH } from '../shared/texts.js';
import { LegKind } from '../shared/enums.js';
import { UserError } from '../shared/user-error.type.js';

@InputType({ description: 'A leg whose undo is stuck (UNDO_FAILED). Give either `leg` or `legId`.' })
export class UndoInput {
  @Field(() => ID)
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
  @Field(() => ID)
  id!: string;
}

@ObjectType()
export class UndoPayload {
  @Field(() => Booking, { nullable: true, description: 'The booking after the decision.' })
  booking?: Booking | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
}

@ObjectType()
export class ResumeBookingPayload {
  @Field(() => Booking, { nullable: true, description: 'The booking after the decision.' })
  booking?: Booking | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
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
