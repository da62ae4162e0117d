import { Field, ID, InterfaceType, ObjectType } from 'type-graphql';
import type { UserError as DomainUserError } from './errors.js';
import { ErrorCode } from './enums.js';

/** Resolved by class, so whoever returns one returns an instance (`toUserError`). */
@InterfaceType({ description: 'Why a request was not accepted, and what to do about it.' })
export abstract class UserError {
  @Field(() => ErrorCode)
  code!: DomainUserError['code'];

  @Field(() => String)
  message!: string;

  @Field(() => [String], { description: "Path of the argument's field, such as `input`, `attempts`." })
  field!: string[];
}

@ObjectType({
  implements: UserError,
  description: "An argument's value can't be accepted. Nothing was started.",
})
export class InvalidInputError extends UserError {}

@ObjectType({
  implements: UserError,
  description: 'The idempotency key was used for another request before.',
})
export class IdempotencyKeyReusedError extends UserError {
  @Field(() => ID, { description: 'The booking that the earlier request made.' })
  bookingId!: string;
}

@ObjectType({ implements: UserError, description: 'There is no such booking.' })
export class BookingNotFoundError extends UserError {}

@ObjectType({ implements: UserError, description: 'There is nothing left to call off.' })
export class AlreadyCancelledError extends UserError {}

@ObjectType({
  implements: UserError,
  description: 'The leg is not UNDO_FAILED, so there is nothing to retry or settle.',
})
export class UndoNotStuckError extends UserError {}

/** The class for each code of the domain's errors. */
export const USER_ERROR_TYPES = {
  INVALID_INPUT: InvalidInputError,
  IDEMPOTENCY_KEY_REUSED: IdempotencyKeyReusedError,
  BOOKING_NOT_FOUND: BookingNotFoundError,
  ALREADY_CANCELLED: AlreadyCancelledError,
  UNDO_NOT_STUCK: UndoNotStuckError,
} as const satisfies Record<DomainUserError['code'], new () => UserError>;
