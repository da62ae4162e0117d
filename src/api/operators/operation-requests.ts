import { z } from 'zod';
import { LEG_KINDS, type LegKind } from '../../model/trip.js';
import { check, MAX_ID_LENGTH, optional, text, type Checked } from '../shared/checks.js';

export const MAX_REASON_LENGTH = 500;

export interface CancelBookingRequest {
  readonly id: string;
  readonly reason?: string | null;
}

export interface UndoRequest {
  readonly id: string;
  readonly leg: LegKind;
}

export interface SettleRequest extends UndoRequest {
  readonly note: string;
}

const id = text('The id', MAX_ID_LENGTH);
const leg = z.enum(LEG_KINDS);
const cancelSchema = z.object({ id, reason: optional(text('The reason', MAX_REASON_LENGTH)) });
const undoSchema = z.object({ id, leg });
const settleSchema = z.object({ id, leg, note: text('The note', MAX_REASON_LENGTH) });

export const checkCancelBooking = (request: CancelBookingRequest): Checked<z.infer<typeof cancelSchema>> =>
  check(cancelSchema, request, (value) => value);

export const checkUndo = (request: UndoRequest): Checked<UndoRequest> =>
  check(undoSchema, request, (value) => value);

export const checkSettle = (request: SettleRequest): Checked<SettleRequest> =>
  check(settleSchema, request, (value) => value);
