/** A request that can't be accepted: returned as data, so that a client can show it beside the field. */
export interface InvalidInput {
  readonly code: 'INVALID_INPUT';
  readonly message: string;
  /** Path of the field from the mutation's arguments, e.g. `['input', 'attempts']`. */
  readonly field: readonly string[];
}

export type UserError = InvalidInput;

/** A part of the system that is needed for an answer is away. Thrown, for it is nobody's request that was wrong. */
export abstract class ServiceUnavailable extends Error {
  abstract readonly code: string;
}

export class WorkerUnavailable extends ServiceUnavailable {
  override readonly name = 'WorkerUnavailable';
  readonly code = 'WORKER_UNAVAILABLE';
  constructor(options?: ErrorOptions) {
    super(
      'No worker answers for this booking just now. The booking is safe and goes on when one is back: ask again shortly.',
      options,
    );
  }
}

export class EngineUnavailable extends ServiceUnavailable {
  override readonly name = 'EngineUnavailable';
  readonly code = 'BOOKING_ENGINE_UNAVAILABLE';
  constructor(options?: ErrorOptions) {
    super('The booking engine (Temporal) can not be reached just now. Try again shortly.', options);
  }
}
