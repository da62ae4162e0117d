import { Field, InterfaceType, registerEnumType } from 'type-graphql';
import { describedBy, enumOf } from './enums.js';
import { USER_ERRORS, type UserErrorCode } from './user-errors.js';

/** What the errors of all mutations share. Each mutation has its own type, whose `code` lists the errors that it can return. */
@InterfaceType('UserError', { description: 'Why a request was not accepted.' })
export abstract class UserErrorFields {
  @Field(() => String, {
    description: 'The reason, for people. It may change, so programs go by the `code`.',
  })
  message!: string;

  @Field(() => [String], { description: 'Path of the invalid argument, such as `input`, `attempts`.' })
  field!: string[];
}

/** The descriptions of the fields that all payloads and their errors have. */
export const USER_ERROR = {
  code: { description: 'The reason, for programs.' },
  userErrors: { description: 'Why the request was not accepted; empty if it was.' },
};

/** Registers the enum of the codes that a mutation can return. @param errors such as `BookTrip`, for `BookTripUserError` */
export function errorCodes<Code extends UserErrorCode>(
  errors: string,
  codes: readonly Code[],
): { [K in Code]: K } {
  const words = enumOf(codes);
  registerEnumType(words, {
    name: `${errors}ErrorCode`,
    description: `The codes of a \`${errors}UserError\`.`,
    valuesConfig: describedBy(codes, USER_ERRORS),
  });
  return words;
}
