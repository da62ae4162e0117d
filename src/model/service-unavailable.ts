/** A part of the system that is needed for an answer is away. Thrown, for it is nobody's request that was wrong. */
export abstract class ServiceUnavailable extends Error {
  /** For programs: the `code` of the GraphQL error. */
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
