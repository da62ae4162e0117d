import {
  isGrpcCancelledError,
  isGrpcDeadlineError,
  isGrpcServiceError,
  ServiceError,
} from '@temporalio/client';

/** gRPC status codes that Temporal answers with where we look; see grpc.github.io/grpc/core/md_doc_statuscodes.html. */
const RESOURCE_EXHAUSTED = 8;
const FAILED_PRECONDITION = 9;
const UNAVAILABLE = 14;

function grpcCode(error: unknown): number | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : undefined;
}

/** The server can't be reached, or didn't answer a call that needs no worker. */
export function isServerAway(error: unknown): boolean {
  return ranOutOfTime(error) || grpcCode(error) === UNAVAILABLE;
}

/** A query got no answer although the server is there: no worker polls, or the booking's workflow task can't complete. */
export function isWorkerAway(error: unknown): boolean {
  const code = grpcCode(error);
  return ranOutOfTime(error) || code === FAILED_PRECONDITION || code === RESOURCE_EXHAUSTED;
}

/** A deadline that passes is told as DEADLINE_EXCEEDED or as CANCELLED, whichever side noticed first. */
function ranOutOfTime(error: unknown): boolean {
  return isGrpcDeadlineError(error) || isGrpcCancelledError(error);
}
