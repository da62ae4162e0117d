import type { BookingState } from '../../model/booking-state.js';
import type { LegKind } from '../../model/trip.js';
import type { BookingEngine, UndoOutcome } from '../../model/booking-engine.port.js';
import type { BookingReader, BookingReading } from '../booking/booking-reader.js';
import type { RequestContext } from '../booking/booking-service.js';
import { alreadyCancelled, bookingNotFound, undoNotStuck, type UserError } from '../shared/errors.js';
import {
  checkCancelBooking,
  checkSettle,
  checkUndo,
  type CancelBookingRequest,
  type SettleRequest,
  type UndoRequest,
} from './operation-requests.js';

export interface OperationOutcome {
  readonly reading?: BookingReading;
  readonly userErrors: readonly UserError[];
}

/** What can be done to a booking once it is made: calling it off, and helping an undo that is stuck. */
export interface OperationsService {
  cancelBooking(request: CancelBookingRequest, context: RequestContext): Promise<OperationOutcome>;
  retryUndo(request: UndoRequest, context: RequestContext): Promise<OperationOutcome>;
  settleUndo(request: SettleRequest, context: RequestContext): Promise<OperationOutcome>;
}

export function createOperationsService(
  engine: Pick<BookingEngine, 'cancel' | 'retryUndo' | 'settleUndo'>,
  reader: BookingReader,
): OperationsService {
  return {
    async cancelBooking(request, { caller }) {
      const checked = checkCancelBooking(request);
      if (!checked.ok) return { userErrors: checked.errors };
      const { id, reason } = checked.value;
      const outcome = await engine.cancel(id, {
        by: caller.subject,
        ...(reason !== undefined && { reason }),
      });
      if (outcome === 'already-cancelled') return { userErrors: [alreadyCancelled(id)] };
      if (outcome === 'under-way') return underWay(await reader.read(id));
      return outcome === 'unknown' ? { userErrors: [bookingNotFound(id)] } : done(outcome);
    },

    async retryUndo(request, { caller }) {
      const checked = checkUndo(request);
      if (!checked.ok) return { userErrors: checked.errors };
      const { id, leg } = checked.value;
      const outcome = await engine.retryUndo(id, { leg, by: caller.subject });
      return undone(id, leg, outcome);
    },

    async settleUndo(request, { caller }) {
      const checked = checkSettle(request);
      if (!checked.ok) return { userErrors: checked.errors };
      const { id, leg, note } = checked.value;
      const outcome = await engine.settleUndo(id, { leg, note, by: caller.subject });
      return undone(id, leg, outcome);
    },
  };
}

/** How both ways to help a stuck undo are answered. */
function undone(id: string, leg: LegKind, outcome: UndoOutcome): OperationOutcome {
  if (outcome === 'not-stuck') return { userErrors: [undoNotStuck(leg)] };
  return outcome === 'unknown' ? { userErrors: [bookingNotFound(id)] } : done(outcome);
}

function done(booking: BookingState): OperationOutcome {
  return { reading: { booking, asOf: new Date().toISOString(), source: 'LIVE' }, userErrors: [] };
}

function underWay(reading: BookingReading | undefined): OperationOutcome {
  return { ...(reading && { reading }), userErrors: [] };
}
