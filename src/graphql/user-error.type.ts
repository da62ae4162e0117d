import { Field, InterfaceType, ObjectType } from 'type-graphql';
import type { UserError as DomainUserError } from '../booking/errors.js';
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
