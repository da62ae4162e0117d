// Use cases create these errors, so this file may be loaded before the schema.
import 'reflect-metadata';
import { Field, ID, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { FAILURES } from '../../model/failures.js';
import { enumOf } from './enums.js';

type UserErrorClass = abstract new (...given: never[]) => UserError;

const CODES = new Map<UserErrorClass, string>();
const DESCRIPTIONS = new Map<string, string>(Object.entries(FAILURES));

/** Registers a class as a reason why a request was not accepted. A new reason needs nothing but a class with this decorator. */
function Reason(code: string, description: string) {
  return (target: UserErrorClass): void => {
    CODES.set(target, code);
    DESCRIPTIONS.set(code, description);
    ObjectType({ implements: UserError, description })(target);
  };
}

@InterfaceType({ description: 'Why a request was not accepted.' })
export abstract class UserError {
  @Field(() => ErrorCode)
  readonly code: string;

  @Field(() => String)
  readonly message: string;

  @Field(() => [String], { description: 'Path of the invalid argument, such as `input`, `attempts`.' })
  readonly field: string[];

  /** @param field path from the mutation's arguments, such as `['input', 'attempts']` */
  constructor(message: string, field: readonly string[]) {
    this.code = CODES.get(new.target) ?? '';
    this.message = message;
    this.field = [...field];
  }
}

@Reason('INVALID_INPUT', 'The value of an argument is invalid. Nothing was changed.')
export class InvalidInputError extends UserError {}

@Reason('IDEMPOTENCY_KEY_REUSED', 'The idempotency key was already used for a different request.')
export class IdempotencyKeyReusedError extends UserError {
  @Field(() => ID, { description: 'The booking that the earlier request created.' })
  readonly bookingId: string;

  constructor(bookingId: string) {
    super(
      `This idempotency key was already used for a different request, which created booking ${bookingId}. Use a new key for a new trip.`,
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

@Reason('ALREADY_CANCELLED', 'The booking is already cancelled.')
export class AlreadyCancelledError extends UserError {
  constructor(id: string) {
    super(`Booking ${id} is already cancelled.`, ['input', 'id']);
  }
}

@Reason('UNDO_NOT_STUCK', 'The undo of this leg is not stuck, so there is nothing to decide.')
export class UndoNotStuckError extends UserError {}

@Reason('BOOKING_NOT_PARKED', 'The booking is not parked, so it cannot be resumed.')
export class BookingNotParkedError extends UserError {}

/** Listed for the schema, which refers to these types only through the interface. */
export const USER_ERRORS: readonly UserErrorClass[] = [...CODES.keys()];

export const ErrorCode = enumOf([...DESCRIPTIONS.keys()]);
registerEnumType(ErrorCode, {
  name: 'ErrorCode',
  description: 'Machine-readable reason of an error or a failure. Messages are for people and may change.',
  valuesConfig: Object.fromEntries([...DESCRIPTIONS].map(([code, description]) => [code, { description }])),
});
