/** A part of the system needed for an answer is busy or unreachable; nothing is wrong with the request. */
export abstract class ServiceUnavailable extends Error {
  /** The `code` of the GraphQL error, for programs. */
  abstract readonly code: string;
  /** When a retry makes sense. */
  readonly retryAfterSeconds: number = 5;
}

export class DatabaseUnavailable extends ServiceUnavailable {
  override readonly name: string = 'DatabaseUnavailable';
  readonly code: string = 'DATABASE_UNAVAILABLE';
  constructor(
    options?: ErrorOptions,
    message = 'The database is unavailable. It is safe to try again in a few seconds.',
  ) {
    super(message, options);
  }
}

/** All connections of this process are in use, so nothing was sent to the database. */
export class DatabaseBusy extends DatabaseUnavailable {
  override readonly name = 'DatabaseBusy';
  override readonly code = 'BUSY';
  constructor(options?: ErrorOptions) {
    super(options, 'The API is busy, and nothing was done. Try again in a few seconds.');
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
