// Use cases make these, so they may be loaded before the schema is.
import 'reflect-metadata';
import { Field, ID, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { FAILURE_CODES } from '../../model/failures.js';
import { enumOf } from './enums.js';

/** Resolved by class, so whoever returns one makes it with `userError`. */
@InterfaceType({ description: 'Why a request was not accepted, and what to do about it.' })
export abstract class UserError {
  @Field(() => ErrorCode)
  code!: UserErrorCode;

  @Field(() => String)
  message!: string;

  @Field(() => [String], { description: "Path of the argument's field, such as `input`, `attempts`." })
  field!: string[];
}

@ObjectType({
  implements: UserError,
  description: 'The idempotency key was used for another request before.',
})
export class IdempotencyKeyReusedError extends UserError {
  @Field(() => ID, { description: 'The booking that the earlier request made.' })
  bookingId!: string;
}

/** Every reason for which a request is not accepted, by its code. A new one is one line here. */
export const USER_ERRORS = {
  INVALID_INPUT: errorType('InvalidInputError', "An argument's value can't be accepted. Nothing was done."),
  IDEMPOTENCY_KEY_REUSED: IdempotencyKeyReusedError,
  BOOKING_NOT_FOUND: errorType('BookingNotFoundError', 'There is no such booking.'),
  ALREADY_CANCELLED: errorType('AlreadyCancelledError', 'There is nothing left to call off.'),
  UNDO_NOT_STUCK: errorType('UndoNotStuckError', 'No undo is stuck there, so there is nothing to decide.'),
  BOOKING_NOT_PARKED: errorType('BookingNotParkedError', 'The booking does not wait to be let go on.'),
} as const;

export type UserErrorCode = keyof typeof USER_ERRORS;

export const ErrorCode = enumOf([...FAILURE_CODES, ...(Object.keys(USER_ERRORS) as UserErrorCode[])]);
registerEnumType(ErrorCode, {
  name: 'ErrorCode',
  description: 'What went wrong, for programs. Messages are for people and may change.',
});

function errorType(name: string, description: string): new () => UserError {
  @ObjectType(name, { implements: UserError, description })
  class Kind extends UserError {}
  return Kind;
}

/** `field` is the path from the mutation's arguments: `['input', 'attempts']`. */
export function userError<More extends object>(
  code: UserErrorCode,
  message: string,
  field: readonly string[],
  more?: More,
): UserError {
  return Object.assign(new USER_ERRORS[code](), { code, message, field: [...field] }, more);
}

export function bookingNotFound(id: string): UserError {
  return userError('BOOKING_NOT_FOUND', `There is no booking ${id}.`, ['input', 'id']);
}
