/** A part of the system that is needed for an answer is away. Thrown, for it is nobody's request that was wrong. */
export abstract class ServiceUnavailable extends Error {
  /** For programs: the `code` of the GraphQL error. */
  abstract readonly code: string;
}
