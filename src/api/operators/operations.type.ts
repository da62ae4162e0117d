import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { MAX_REASON_LENGTH } from './operation-requests.js';
import type { LegKind as LegKindWord } from '../../model/trip.js';
import { Booking } from '../booking/booking.type.js';
import { LegKind } from '../shared/enums.js';
import { UserError } from '../shared/user-error.type.js';

@InputType()
export class CancelBookingInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true, description: `At most ${MAX_REASON_LENGTH} characters.` })
  reason?: string | null;
}

@ObjectType()
export class CancelBookingPayload {
  @Field(() => Booking, { nullable: true, description: 'Being rolled back, or rolled back already.' })
  booking?: Booking | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
}

@InputType({ description: 'A leg whose undo is stuck (UNDO_FAILED).' })
export class UndoInput {
  @Field(() => ID)
  id!: string;

  @Field(() => LegKind)
  leg!: LegKindWord;
}

@InputType({ description: 'A leg whose undo is stuck (UNDO_FAILED), and that was released by hand.' })
export class SettleUndoInput extends UndoInput {
  @Field(() => String, { description: `How it was released, 1 to ${MAX_REASON_LENGTH} characters.` })
  note!: string;
}

@ObjectType()
export class UndoPayload {
  @Field(() => Booking, { nullable: true })
  booking?: Booking | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
}
