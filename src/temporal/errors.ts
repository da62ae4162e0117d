import {
  isGrpcCancelledError,
  isGrpcDeadlineError,
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DECISION_REFUSED } from '../model/names.js';

/**
 * What an error of the Temporal client means to us.
 * - `busy`: throttled, or too much at once for one workflow. Passes by itself.
 * - `away`: the server can't be reached, or didn't answer in time. Passes by itself.
 * - `no-worker`: the server is there, and nobody took the query or update up.
 * - `unknown`: Temporal knows no such workflow, or has forgotten it.
 * - `ended`: the workflow came to its end before it could answer.
 * - `refused`: our own validator said no.
 * - `bug`: anything else: ours to look into.
 */
export type TemporalTrouble = 'busy' | 'away' | 'no-worker' | 'unknown' | 'ended' | 'refused' | 'bug';

/** gRPC status codes, as grpc.github.io/grpc/core/md_doc_statuscodes.html numbers them. */
const BY_STATUS: ReadonlyMap<number, TemporalTrouble> = new Map([
  [1, 'away'], //      CANCELLED: a deadline that passed, noticed on our side
  [4, 'away'], //      DEADLINE_EXCEEDED: noticed on the server's
  [5, 'unknown'], //   NOT_FOUND
  [8, 'busy'], //      RESOURCE_EXHAUSTED: rate limits; a full buffer of queries; too many pollers
  [9, 'no-worker'], // FAILED_PRECONDITION: "no poller seen for task queue recently"
  [14, 'away'], //     UNAVAILABLE
]);

/** `ApplicationFailure.type` of an update that ended badly. The first two are the server's own. */
const BY_UPDATE_FAILURE: ReadonlyMap<string, TemporalTrouble> = new Map([
  ['AcceptedUpdateCompletedWorkflow', 'ended'],
  ['UnprocessedUpdate', 'no-worker'], // a worker that knows no such update, of another version say
  [DECISION_REFUSED, 'refused'],
]);

/** Sorts any error that a call to Temporal may throw. */
export function sortTemporalError(error: unknown): TemporalTrouble {
  // "workflow update was aborted by closing workflow" comes as NOT_FOUND too.
  if (error instanceof WorkflowNotFoundError)
    return /closing workflow/.test(error.message) ? 'ended' : 'unknown';
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return 'no-worker';
  if (error instanceof WorkflowUpdateFailedError) {
    const type = error.cause instanceof ApplicationFailure ? error.cause.type : undefined;
    return BY_UPDATE_FAILURE.get(type ?? '') ?? 'bug';
  }
  if (isGrpcDeadlineError(error) || isGrpcCancelledError(error)) return 'away';
  const cause = error instanceof ServiceError ? error.cause : error;
  return (isGrpcServiceError(cause) ? BY_STATUS.get(cause.code) : undefined) ?? 'bug';
}
