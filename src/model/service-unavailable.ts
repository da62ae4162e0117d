/** A part of the system that is needed for an answer is busy or away. Thrown, for it is nobody's request that was wrong. */
export abstract class ServiceUnavailable extends Error {
  /** For programs: the `code` of the GraphQL error. */
  abstract readonly code: string;
  /** When asking again makes sense. */
  readonly retryAfterSeconds: number = 5;
}

export class DatabaseUnavailable extends ServiceUnavailable {
  override readonly name = 'DatabaseUnavailable';
  readonly code = 'DATABASE_UNAVAILABLE';
  constructor(options?: ErrorOptions) {
    super('The database can not do this just now. Nothing is lost: ask again in some seconds.', options);
  }
}

export class WorkerUnavailable extends ServiceUnavailable {
  override readonly name = 'WorkerUnavailable';
  readonly code = 'WORKER_UNAVAILABLE';
  constructor(options?: ErrorOptions) {
    super(
      'No worker has taken this up in time. It may yet be carried out: read the booking in some seconds, then decide whether to ask again.',
      options,
    );
  }
}

export class EngineUnavailable extends ServiceUnavailable {
  override readonly name = 'EngineUnavailable';
  readonly code = 'BOOKING_ENGINE_UNAVAILABLE';
  constructor(options?: ErrorOptions) {
    super('The booking engine (Temporal) is busy or away just now. Ask again in some seconds.', options);
  }
}
