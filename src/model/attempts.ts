import type { LegAction } from './legs.js';

/** An attempt of a step that failed, which the saga itself never hears of while the step is tried again. */
export interface FailedAttempt {
  readonly bookingId: string;
  readonly legId: string;
  readonly action: LegAction;
  /** The operator's decision that the step was made under; 0 where none was. */
  readonly decision: number;
  readonly attempt: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly message: string;
}
