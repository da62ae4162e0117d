import { toneOf, STATE_WORDS, STATUS_WORDS } from './words.js';
import type { BookingStatus, StepState } from '../client/generated.js';

export const StatusBadge = ({ status }: { status: BookingStatus }) => (
  <span class={`badge ${toneOf(status)}`}>{STATUS_WORDS[status]}</span>
);

export const StateBadge = ({ state }: { state: StepState }) => (
  <span class={`badge ${toneOf(state)}`}>{STATE_WORDS[state]}</span>
);
