import { registerEnumType } from 'type-graphql';
import { BOOKING_SORTS, BOOKING_STATUSES, STEP_STATES } from '../../model/booking.js';
import { FAILURE_CODES, FAILURES } from '../../model/failures.js';
import { LEG_KINDS, LEGS } from '../../model/legs.js';

/** An enum object as TypeGraphQL requires it, made from the model's list, so that API and worker share one source. */
export function enumOf<T extends string>(words: readonly T[]): { [K in T]: K } {
  return Object.fromEntries(words.map((word) => [word, word])) as { [K in T]: K };
}

/** The descriptions of an enum's words, as TypeGraphQL requires them. */
export function describedBy<T extends string>(
  words: readonly T[],
  texts: { readonly [K in T]: string },
): { [K in T]: { description: string } } {
  const described = words.map((word) => [word, { description: texts[word] }]);
  return Object.fromEntries(described) as { [K in T]: { description: string } };
}

export const LegKind = enumOf(LEG_KINDS);
registerEnumType(LegKind, {
  name: 'LegKind',
  description: 'Kind of a leg.',
  valuesConfig: LEGS,
});

export const BookingStatus = enumOf(BOOKING_STATUSES);
registerEnumType(BookingStatus, {
  name: 'BookingStatus',
  description: 'Status of the booking as a whole.',
  valuesConfig: {
    PENDING: { description: 'Accepted and recorded; no worker has picked it up yet.' },
    BOOKING: { description: 'Legs are being reserved.' },
    CONFIRMED: { description: 'The whole trip is booked.' },
    ROLLING_BACK: {
      description:
        'The trip could not be booked or was called off: whatever suppliers may hold is being released.',
    },
    CANCELLED: { description: 'No supplier holds anything.' },
    NEEDS_ATTENTION: {
      description:
        'Suppliers may still hold something, and an operator has to decide: an undo is stuck, or the workflow was stopped from outside.',
    },
  },
});

export const BookingSort = enumOf(BOOKING_SORTS);
registerEnumType(BookingSort, {
  name: 'BookingSort',
  description: 'The order of a list of bookings, by when they were accepted.',
  valuesConfig: {
    NEWEST_FIRST: { description: 'The booking accepted last comes first.' },
    OLDEST_FIRST: { description: 'The booking accepted first comes first.' },
  },
});

export const StepState = enumOf(STEP_STATES);
registerEnumType(StepState, {
  name: 'StepState',
  description: 'State of one leg.',
  valuesConfig: {
    PENDING: { description: 'Not started yet.' },
    RUNNING: { description: 'Being reserved.' },
    RETRYING: { description: 'An attempt to reserve it failed; the next one is scheduled or running.' },
    BOOKED: { description: 'Reserved at the supplier.' },
    FAILED: {
      description: 'It could not be reserved. It is undone anyway, because the supplier may hold it.',
    },
    UNDOING: { description: 'Its reservation is being released.' },
    UNDONE: { description: 'The supplier no longer holds it.' },
    UNDO_FAILED: { description: 'It could not be released. An operator has to retry the undo or settle it.' },
    SKIPPED: { description: 'Never started, because the trip failed before it.' },
    LEFT_OUT: {
      description: 'It is optional and could not be had. The trip goes on without it; no supplier holds it.',
    },
  },
});

export const FailureCode = enumOf(FAILURE_CODES);
registerEnumType(FailureCode, {
  name: 'FailureCode',
  description: 'Why a trip, or an offer of one of its legs, could not be booked.',
  valuesConfig: describedBy(FAILURE_CODES, FAILURES),
});

export const StatusSource = enumOf(['LIVE', 'RECORD'] as const);
registerEnumType(StatusSource, {
  name: 'StatusSource',
  description: 'Where the state of the booking was read from.',
  valuesConfig: {
    LIVE: { description: 'The running workflow.' },
    RECORD: { description: 'The record in the database.' },
  },
});
