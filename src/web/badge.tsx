import { toneOf, STATE_LABELS, STATUS_LABELS } from './words.js';
import type { BookingStatus, StepState } from '../client/generated.js';

export const StatusBadge = ({ status }: { status: BookingStatus }) => (
  <span class={`badge ${toneOf(status)}`}>{STATUS_LABELS[status]}</span>
);

export const StateBadge = ({ state }: { state: StepState }) => (
  <span class={`badge ${toneOf(state)}`}>{STATE_LABELS[state]}</span>
);
