import { buildSchema, getNamedType, type GraphQLObjectType, isEnumType, isObjectType } from 'graphql';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CancelBookingPayload } from '../../src/api/booking/booking.input.js';
import {
  AlreadyCancelledError,
  BookingNotFoundError,
  UndoNotStuckError,
  USER_ERRORS,
} from '../../src/api/shared/user-errors.js';
import { FAILURE_CODES } from '../../src/model/failures.js';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

const fieldsOf = (name: string) => (schema.getType(name) as GraphQLObjectType).getFields();
const typeOf = (type: string, field: string) => getNamedType(fieldsOf(type)[field]!.type);

function codesOf(type: string): readonly string[] {
  const code = typeOf(type, 'code');
  return isEnumType(code) ? code.getValues().map(({ name }) => name) : [];
}

/** By field of Query and Mutation. */
const declared = Object.fromEntries(
  ['Query', 'Mutation'].flatMap((root) =>
    Object.entries(fieldsOf(root)).flatMap(([name, { type }]) => {
      const payload = getNamedType(type);
      if (!isObjectType(payload) || !payload.getFields()['userErrors']) return [];
      return [[name, codesOf(typeOf(payload.name, 'userErrors').name)]];
    }),
  ),
);

test('each mutation declares the codes of the errors that it can return', () => {
  const book = ['INVALID_INPUT', 'IDEMPOTENCY_KEY_REUSED', 'OFFER_PAST'];
  const undo = ['INVALID_INPUT', 'BOOKING_NOT_FOUND', 'UNDO_NOT_STUCK'];
  expect(declared).toEqual({
    bookVacation: book,
    bookTrip: [...book, 'PRICE_CHANGED', 'QUOTE_EXPIRED', 'QUOTE_MISMATCH'],
    quoteTrip: ['INVALID_INPUT', 'OFFER_PAST'],
    cancelBooking: ['INVALID_INPUT', 'BOOKING_NOT_FOUND', 'ALREADY_CANCELLED'],
    retryUndo: undo,
    settleUndo: undo,
    resumeBooking: ['INVALID_INPUT', 'BOOKING_NOT_FOUND', 'BOOKING_NOT_PARKED'],
  });
});

test('no mutation can return an error that it does not declare', () => {
  const userErrors: CancelBookingPayload['userErrors'] = [
    new BookingNotFoundError('a'),
    new AlreadyCancelledError('a'),
  ];
  // @ts-expect-error -- the compiler refuses it
  userErrors.push(new UndoNotStuckError('Nothing to decide.', []));
});

test('each user error is declared by some mutation', () => {
  expect(new Set(Object.values(declared).flat())).toEqual(new Set(Object.keys(USER_ERRORS)));
});

test.each(['BookingFailure', 'TriedOffer'])('the codes of a %s are the failures of the model', (type) => {
  expect(codesOf(type)).toEqual(FAILURE_CODES);
});
