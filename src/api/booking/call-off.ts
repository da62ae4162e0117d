import type { Announce } from '../../database/feed.js';
import type { Wishes } from '../../database/wishes.js';
import type { RequestContext } from '../access/context.js';
import { isOperator, mayAccess } from '../shared/callers.js';
import { checkInput } from '../shared/checks.js';
import type { Outcome } from '../shared/booking.mapper.js';
import {
  AlreadyCancelledError,
  BookingNotFoundError,
  type InvalidInputError,
} from '../shared/user-errors.js';
import { cancelBookingSchema, type CancelBookingInput } from './booking.input.js';
import type { Nudger } from './nudger.js';
import { fromRecord } from './read.js';

/** Calls a booking off. When it returns, the wish is recorded. Needs neither Temporal nor a worker. @throws DatabaseUnavailable */
export type CallOffBooking = (
  input: CancelBookingInput,
  context: RequestContext,
) => Promise<Outcome<InvalidInputError | BookingNotFoundError | AlreadyCancelledError>>;

export interface CallOffParts {
  readonly wishes: Pick<Wishes, 'callOff' | 'find'>;
  readonly nudger: Pick<Nudger, 'nudge'>;
  readonly announce: Announce;
}

export function createCallOff({ wishes, nudger, announce }: CallOffParts): CallOffBooking {
  return async (input, { caller }) => {
    const checked = checkInput(cancelBookingSchema, input);
    if (!checked.ok) return { userErrors: checked.errors };
    const { id, reason } = checked.value;
    const at = new Date().toISOString();

    const wish = { by: caller.subject, at, ...(reason !== undefined && { reason }) };
    const record = await wishes.callOff(id, wish, isOperator(caller) ? undefined : caller.subject);
    if (record) {
      announce(id, 'recorded');
      await nudger.nudge(record);
      return { reading: fromRecord(record), userErrors: [] };
    }
    // Nothing changed, so no nudge is sent to Temporal (law 12).
    const known = await wishes.find(id);
    if (!known || !mayAccess(caller, known)) return { userErrors: [new BookingNotFoundError(id)] };
    if (known.status !== 'CANCELLED') return { reading: fromRecord(known), userErrors: [] };
    return { userErrors: [new AlreadyCancelledError(id)] };
  };
}
