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
 * - `busy`: throttled, or too many calls at once for one workflow. Transient.
 * - `away`: the server is unreachable or didn't answer in time. Transient.
 * - `no-worker`: the server is up, but no worker handled the query or update.
 * - `unknown`: Temporal has no such workflow, or no longer keeps it.
 * - `ended`: the workflow closed before it could answer.
 * - `refused`: our own validator refused the update.
 * - `bug`: anything else, for us to investigate.
 */
export type TemporalTrouble = 'busy' | 'away' | 'no-worker' | 'unknown' | 'ended' | 'refused' | 'bug';

/** gRPC status codes; see grpc.github.io/grpc/core/md_doc_statuscodes.html. */
const BY_STATUS: ReadonlyMap<number, TemporalTrouble> = new Map([
  [1, 'away'], //      CANCELLED: the deadline passed, noticed by the client
  [4, 'away'], //      DEADLINE_EXCEEDED: noticed by the server
  [5, 'unknown'], //   NOT_FOUND
  [8, 'busy'], //      RESOURCE_EXHAUSTED: rate limits, a full query buffer, too many pollers
  [9, 'no-worker'], // FAILED_PRECONDITION: "no poller seen for task queue recently"
  [14, 'away'], //     UNAVAILABLE
]);

/** `ApplicationFailure.type` of a failed update. The first two come from the server. */
const BY_UPDATE_FAILURE: ReadonlyMap<string, TemporalTrouble> = new Map([
  ['AcceptedUpdateCompletedWorkflow', 'ended'],
  ['UnprocessedUpdate', 'no-worker'], // a worker without this update, such as one of another version
  [DECISION_REFUSED, 'refused'],
]);

/** Classifies any error that a call to Temporal may throw. */
export function sortTemporalError(error: unknown): TemporalTrouble {
  // "workflow update was aborted by closing workflow" is reported as NOT_FOUND too.
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
