import { buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { changesOf } from '../../scripts/schema/changes.js';

const RELEASED = `
  type Query { booking(id: ID!, first: Int! = 20): Booking }
  type Mutation { book(input: BookInput!): Booking! }
  type Booking { id: ID!, status: Status!, result: String }
  enum Status { BOOKED, CANCELLED }
  input BookInput { name: String!, reason: String, attempts: Int! = 5 }
`;

/** What changes if a part of the released schema is replaced. */
function changesBy(part: string, replacement: string) {
  expect(RELEASED).toContain(part);
  return changesOf(buildSchema(RELEASED), buildSchema(RELEASED.replace(part, replacement)));
}

describe('breaks clients', () => {
  test.each([
    ['a removed field', ', result: String', '', 'Booking.result was removed.'],
    [
      'a field that may be null',
      'status: Status!',
      'status: Status',
      'Booking.status changed type from Status! to Status.',
    ],
    [
      'a field of another type',
      'result: String',
      'result: Int',
      'Booking.result changed type from String to Int.',
    ],
    ['a removed enum value', ', CANCELLED', '', 'CANCELLED was removed from enum type Status.'],
    ['a removed argument', ', first: Int! = 20', '', 'Query.booking arg first was removed.'],
    ['a required argument', 'id: ID!,', 'id: ID!, by: ID!,', 'A required arg by on Query.booking was added.'],
    [
      'an input that is now required',
      'reason: String',
      'reason: String!',
      'BookInput.reason changed type from String to String!.',
    ],
    [
      'a new required input',
      'name: String!',
      'name: String!, car: ID!',
      'A required field car on input type BookInput was added.',
    ],
    [
      'an input without its default',
      ' = 5',
      '',
      'BookInput.attempts has lost its default, and is now required.',
    ],
    [
      'an argument without its default',
      ' = 20',
      '',
      'Query.booking(first) has lost its default, and is now required.',
    ],
  ])('%s', (_what, part, replacement, change) => {
    expect(changesBy(part, replacement).breaking).toEqual([change]);
  });
});

test.each([
  ['a new field', 'result: String', 'result: String, total: Int'],
  ['a deprecated field', 'result: String', 'result: String @deprecated(reason: "Use `status`.")'],
  ['a field that is never null any more', 'result: String', 'result: String!'],
  ['an input that is no longer required', 'name: String!', 'name: String'],
])('%s is no change to clients', (_what, part, replacement) => {
  expect(changesBy(part, replacement)).toEqual({ breaking: [], dangerous: [] });
});

test.each([
  ['a new enum value', 'BOOKED,', 'BOOKED, PARKED,', 'PARKED was added to enum type Status.'],
  [
    'a new optional input',
    'reason: String',
    'reason: String, note: String',
    'An optional field note on input type BookInput was added.',
  ],
  [
    'another default of an argument',
    '= 20',
    '= 10',
    'Query.booking arg first has changed defaultValue from 20 to 10.',
  ],
])('%s is dangerous, but allowed', (_what, part, replacement, change) => {
  expect(changesBy(part, replacement)).toEqual({ breaking: [], dangerous: [change] });
});
