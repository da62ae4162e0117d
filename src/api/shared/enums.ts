import { registerEnumType } from 'type-graphql';
import { BOOKING_STATUSES, FAILURE_CODES, STEP_STATES } from '../../model/booking-state.js';
import { LEG_KINDS } from '../../model/trip.js';

/** An enum object as GraphQL wants it, from the contract's list of words: one source for both processes. */
function enumOf<T extends string>(words: readonly T[]): { [K in T]: K } {
  return Object.fromEntries(words.map((word) => [word, word])) as { [K in T]: K };
}

export const LegKind = enumOf(LEG_KINDS);
registerEnumType(LegKind, {
  name: 'LegKind',
  description: 'A part of the trip; booked in this order and undone in reverse.',
});

export const BookingStatus = enumOf(BOOKING_STATUSES);
registerEnumType(BookingStatus, {
  name: 'BookingStatus',
  description: 'Where the booking as a whole stands.',
  valuesConfig: {
    PENDING: { description: 'Accepted; no worker has picked it up yet.' },
    BOOKING: { description: 'Legs are being reserved.' },
    CONFIRMED: { description: 'The whole trip is booked.' },
    ROLLING_BACK: { description: 'It could not be completed; what was begun is being undone.' },
    CANCELLED: { description: 'Nothing is held at any supplier.' },
    NEEDS_ATTENTION: { description: 'Something may still be held; an operator has to look.' },
  },
});

export const StepState = enumOf(STEP_STATES);
registerEnumType(StepState, {
  name: 'StepState',
  description: 'Where one leg stands.',
  valuesConfig: {
    RETRYING: { description: 'An attempt failed; another one follows or is running.' },
    SKIPPED: { description: 'Never begun, for the trip failed before.' },
  },
});

export const ErrorCode = enumOf([
  ...FAILURE_CODES,
  'INVALID_INPUT',
  'IDEMPOTENCY_KEY_REUSED',
  'BOOKING_NOT_FOUND',
  'ALREADY_CANCELLED',
  'UNDO_NOT_STUCK',
] as const);
registerEnumType(ErrorCode, {
  name: 'ErrorCode',
  description: 'What went wrong, for programs. Messages are for people and may change.',
});

export const StatusSource = enumOf(['LIVE', 'JOURNAL'] as const);
registerEnumType(StatusSource, {
  name: 'StatusSource',
  valuesConfig: {
    LIVE: { description: "The workflow's own answer." },
    JOURNAL: { description: 'The record in the database.' },
  },
});
