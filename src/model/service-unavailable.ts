/** A part of the system needed for an answer is busy or unreachable; nothing is wrong with the request. */
export abstract class ServiceUnavailable extends Error {
  /** The `code` of the GraphQL error, for programs. */
  abstract readonly code: string;
  /** When a retry makes sense. */
  readonly retryAfterSeconds: number = 5;
}

export class DatabaseUnavailable extends ServiceUnavailable {
  override readonly name = 'DatabaseUnavailable';
  readonly code = 'DATABASE_UNAVAILABLE';
  constructor(options?: ErrorOptions) {
    super('The database is unavailable. It is safe to try again in a few seconds.', options);
  }
}

export class WorkerUnavailable extends ServiceUnavailable {
  override readonly name = 'WorkerUnavailable';
  readonly code = 'WORKER_UNAVAILABLE';
  constructor(options?: ErrorOptions) {
    super(
      'No worker responded in time. The decision may still be carried out; read the booking again in a few seconds before you retry.',
      options,
    );
  }
}

export class EngineUnavailable extends ServiceUnavailable {
  override readonly name = 'EngineUnavailable';
  readonly code = 'BOOKING_ENGINE_UNAVAILABLE';
  constructor(options?: ErrorOptions) {
    super('The booking engine (Temporal) is unavailable. Try again in a few seconds.', options);
  }
}
