// Use cases make these, so they may be loaded before the schema is.
import 'reflect-metadata';
import { Field, ID, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { FAILURES } from '../../model/failures.js';
import { enumOf } from './enums.js';

type UserErrorClass = abstract new (...given: never[]) => UserError;

const CODES = new Map<UserErrorClass, string>();
const DESCRIPTIONS = new Map<string, string>(Object.entries(FAILURES));

/** Makes a class one of the reasons for which a request is not accepted. A new reason is a class with this, and no more. */
function Reason(code: string, description: string) {
  return (target: UserErrorClass): void => {
    CODES.set(target, code);
    DESCRIPTIONS.set(code, description);
    ObjectType({ implements: UserError, description })(target);
  };
}

@InterfaceType({ description: 'Why a request was not accepted, and what to do about it.' })
export abstract class UserError {
  @Field(() => ErrorCode)
  readonly code: string;

  @Field(() => String)
  readonly message: string;

  @Field(() => [String], { description: "Path of the argument's field, such as `input`, `attempts`." })
  readonly field: string[];

  /** @param field from the mutation's arguments: `['input', 'attempts']` */
  constructor(message: string, field: readonly string[]) {
    this.code = CODES.get(new.target) ?? '';
    this.message = message;
    this.field = [...field];
  }
}

@Reason('INVALID_INPUT', "An argument's value can't be accepted. Nothing was done.")
export class InvalidInputError extends UserError {}

@Reason('IDEMPOTENCY_KEY_REUSED', 'The idempotency key was used for another request before.')
export class IdempotencyKeyReusedError extends UserError {
  @Field(() => ID, { description: 'The booking that the earlier request made.' })
  readonly bookingId: string;

  constructor(bookingId: string) {
    super(
      `This idempotency key was used for another request, which made the booking ${bookingId}. Use a new key for a new trip.`,
      ['input', 'idempotencyKey'],
    );
    this.bookingId = bookingId;
  }
}

@Reason('BOOKING_NOT_FOUND', 'There is no such booking.')
export class BookingNotFoundError extends UserError {
  constructor(id: string) {
    super(`There is no booking ${id}.`, ['input', 'id']);
  }
}

@Reason('ALREADY_CANCELLED', 'There is nothing left to call off.')
export class AlreadyCancelledError extends UserError {
  constructor(id: string) {
    super(`The booking ${id} is cancelled already.`, ['input', 'id']);
  }
}

@Reason('UNDO_NOT_STUCK', 'No undo is stuck there, so there is nothing to decide.')
export class UndoNotStuckError extends UserError {}

@Reason('BOOKING_NOT_PARKED', 'The booking does not wait to be let go on.')
export class BookingNotParkedError extends UserError {}

/** The schema reaches them only through the interface. */
export const USER_ERRORS: readonly UserErrorClass[] = [...CODES.keys()];

export const ErrorCode = enumOf([...DESCRIPTIONS.keys()]);
registerEnumType(ErrorCode, {
  name: 'ErrorCode',
  description: 'What went wrong, for programs. Messages are for people and may change.',
  valuesConfig: Object.fromEntries([...DESCRIPTIONS].map(([code, description]) => [code, { description }])),
});
