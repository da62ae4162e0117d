import type { LegPartsFragment, StepState, WholeBookingFragment } from '../../client/generated.js';
import { wasReserved } from './leg-state.js';
import { isParked } from './parked.js';
import { calledOffBy, culpritOf, isCallOff, sentence, theLeg, whyNot, type Writing } from './phrases.js';

/** What became of a booking, and what comes next: one sentence each, in every state. */

type Booking = WholeBookingFragment & {
  /** When the trip is given up unless everything is reserved. */
  readonly deadline?: string | null;
};

/** More legs than these are counted, not named. */
const NAMED = 3;

/** @param reader the subject of whoever reads it, if it is known */
export function outcomeOf(booking: Booking, words: Writing, reader?: string): string {
  const { status, legs } = booking;
  switch (status) {
    case 'PENDING':
      return 'We have your order.';
    case 'BOOKING':
      return sentence(progressOf(booking, words));
    case 'CONFIRMED': {
      const out = inState(legs, 'LEFT_OUT');
      if (out.length === 0) return 'Everything is booked.';
      return `Your trip is booked, without ${named(booking, out, words)}.`;
    }
    case 'ROLLING_BACK':
      return sentence(
        isCallOff(booking)
          ? calledOffBy(booking, reader)
          : `${reasonOf(booking, reader)}, so the trip can’t be booked`,
      );
    case 'CANCELLED':
      return sentence(
        isCallOff(booking)
          ? `${calledOffBy(booking, reader)}: nothing is held`
          : `${reasonOf(booking, reader)}, so the trip was cancelled: nothing is held`,
      );
    case 'NEEDS_ATTENTION':
      if (isParked(booking)) return 'The booking was interrupted, so it’s unclear what is reserved.';
      return sentence(
        `${reasonOf(booking, reader)}, but ${named(booking, inState(legs, 'UNDO_FAILED'), words)} may still be held`,
      );
  }
}

export function nextOf(booking: Booking, words: Writing, now: number): string {
  const { status, legs } = booking;
  switch (status) {
    case 'PENDING':
      return `We start reserving in a moment. ${untilWhen(booking, words, now)}`;
    case 'BOOKING':
      return untilWhen(booking, words, now);
    case 'CONFIRMED':
      return legs.some(({ confirmation }) => confirmation)
        ? 'There’s nothing left to do. Have the confirmation numbers with you when you travel.'
        : 'There’s nothing left to do.';
    case 'ROLLING_BACK':
      return releaseOf(booking, words);
    case 'CANCELLED':
      if (culpritOf(booking)) return 'You can try again; everything else is filled in for you.';
      return isCallOff(booking)
        ? 'There’s nothing left to do. If you want to travel after all, book again.'
        : 'You can try again; the trip is filled in for you.';
    case 'NEEDS_ATTENTION':
      return isParked(booking)
        ? 'We’re looking into it. Nothing for you to do: we either finish the booking or release everything.'
        : 'We’re looking into it. Nothing for you to do: we settle it with the supplier.';
  }
}

/** What calling the trip off does in this state. */
export function callOffMeans({ status, legs }: Pick<Booking, 'status' | 'legs'>): string {
  if (status === 'CONFIRMED')
    return 'Every part of the trip is given back to its supplier. This can’t be reversed, and the same offers may be gone.';
  if (isParked({ status, legs })) return 'Whatever a supplier may hold is released. This can’t be reversed.';
  return inState(legs, 'BOOKED').length > 0
    ? 'What is reserved so far is released, and nothing more is reserved. This can’t be reversed.'
    : 'Nothing more is reserved, and nothing stays reserved. This can’t be reversed.';
}

/** What the link says that fills the trip in again. */
export function tryAgainText(booking: Booking): string {
  const culprit = culpritOf(booking);
  if (culprit) return `Change ${theLeg(booking.legs, culprit)} and try again`;
  return isCallOff(booking) ? 'Book the trip again' : 'Try the same trip again';
}

const inState = (legs: readonly LegPartsFragment[], state: StepState) =>
  legs.filter((leg) => leg.state === state);

/** `the car and the flight`, or `5 parts of the trip` */
function named({ legs }: Booking, some: readonly LegPartsFragment[], { list }: Writing): string {
  if (some.length > NAMED) return `${some.length} parts of the trip`;
  return list(some.map((leg) => theLeg(legs, leg)));
}

const isOrAre = (legs: readonly LegPartsFragment[]) => (legs.length === 1 ? 'is' : 'are');

function reasonOf(booking: Booking, reader: string | undefined): string {
  if (isCallOff(booking)) return calledOffBy(booking, reader);
  const culprit = culpritOf(booking);
  const the = culprit ? theLeg(booking.legs, culprit) : 'a part of the trip';
  return booking.failure ? whyNot(booking.failure.code, the) : 'the trip couldn’t be booked';
}

function progressOf(booking: Booking, words: Writing): string {
  const { legs } = booking;
  const reserved = inState(legs, 'BOOKED');
  const running = inState(legs, 'RUNNING');
  const retrying = inState(legs, 'RETRYING');
  const refused = legs.filter(({ state }) => state === 'FAILED' || state === 'UNDOING');
  const out = inState(legs, 'LEFT_OUT');
  const clauses = [
    reserved.length > 0 && `${named(booking, reserved, words)} ${isOrAre(reserved)} reserved`,
    running.length > 0 && `${named(booking, running, words)} ${isOrAre(running)} being reserved`,
    retrying.length > NAMED
      ? `${retrying.length} suppliers don’t answer yet`
      : retrying.map((leg) => `${theLeg(legs, leg)} doesn’t answer, ${words.ordinal(leg.attempts + 1)} try`),
    refused.map((leg) => leg.failure && whyNot(leg.failure.code, theLeg(legs, leg))),
    out.length > 0 && `${named(booking, out, words)} ${isOrAre(out)} left out`,
  ];
  return clauses.flat().filter(Boolean).join('; ') || 'we’re about to go on';
}

/** How long we try. */
function untilWhen({ legs, deadline }: Booking, { clock }: Writing, now: number): string {
  if (!deadline) return 'We keep at it; you can close this page and come back.';
  if (Date.parse(deadline) <= now) return 'Time is up: we’re about to give up, and nothing stays reserved.';
  const silent = inState(legs, 'RETRYING');
  const condition =
    silent.length === 1 ? `If ${theLeg(legs, silent[0]!)} hasn’t answered` : 'If not everything is reserved';
  return `${condition} by ${clock(deadline)}, we give up and nothing stays reserved.`;
}

function releaseOf(booking: Booking, words: Writing): string {
  const held = booking.legs.filter(
    (leg) =>
      !['UNDONE', 'UNDO_FAILED', 'SKIPPED', 'LEFT_OUT'].includes(leg.state) &&
      wasReserved(leg, booking.timeline),
  );
  if (held.length === 0) return 'We’re making sure that no supplier holds anything; you can close this page.';
  return sentence(
    `${named(booking, held, words)} ${isOrAre(held)} being released; then nothing is held any more`,
  );
}
