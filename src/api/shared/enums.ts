import { registerEnumType } from 'type-graphql';
import { BOOKING_STATUSES, STEP_STATES } from '../../model/booking.js';
import { LEG_KINDS } from '../../model/legs.js';

/** An enum object as GraphQL wants it, from the model's list of words: one source for both processes. */
export function enumOf<T extends string>(words: readonly T[]): { [K in T]: K } {
  return Object.fromEntries(words.map((word) => [word, word])) as { [K in T]: K };
}

export const LegKind = enumOf(LEG_KINDS);
registerEnumType(LegKind, { name: 'LegKind', description: 'What a part of a trip is.' });

export const BookingStatus = enumOf(BOOKING_STATUSES);
registerEnumType(BookingStatus, {
  name: 'BookingStatus',
  description: 'Where the booking as a whole stands.',
  valuesConfig: {
    PENDING: { description: 'Accepted and recorded; no worker has picked it up yet.' },
    BOOKING: { description: 'Legs are being reserved.' },
    CONFIRMED: { description: 'The whole trip is booked.' },
    ROLLING_BACK: {
      description: 'It could not be completed, or was called off: what may be held is being undone.',
    },
    CANCELLED: { description: 'Nothing is held at any supplier.' },
    NEEDS_ATTENTION: {
      description:
        'Something may be held, and an operator has to decide: an undo is stuck, or the booking was stopped from outside.',
    },
  },
});

export const StepState = enumOf(STEP_STATES);
registerEnumType(StepState, {
  name: 'StepState',
  description: 'Where one leg stands.',
  valuesConfig: {
    PENDING: { description: 'Not begun yet.' },
    RUNNING: { description: 'Being reserved.' },
    RETRYING: { description: 'An attempt to reserve it failed; another one follows or is running.' },
    BOOKED: { description: 'The supplier holds it for the traveller.' },
    FAILED: { description: 'It could not be reserved. It is undone all the same, for it may be held.' },
    UNDOING: { description: 'Its reservation is being released.' },
    UNDONE: { description: 'Nothing is held any more.' },
    UNDO_FAILED: { description: 'It could not be released: an operator has to retry or to settle it.' },
    SKIPPED: { description: 'Never begun, for the trip failed before.' },
  },
});

export const StatusSource = enumOf(['LIVE', 'RECORD'] as const);
registerEnumType(StatusSource, {
  name: 'StatusSource',
  description: 'Who says where the booking stands.',
  valuesConfig: {
    LIVE: { description: 'The workflow that carries it through.' },
    RECORD: { description: 'The record in the database.' },
  },
});
