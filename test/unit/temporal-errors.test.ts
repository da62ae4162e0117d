import {
  QueryNotRegisteredError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, RetryState } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { DECISION_REFUSED } from '../../src/model/names.js';
import { sortTemporalError, type TemporalTrouble } from '../../src/temporal/errors.js';

/** An error as grpc-js throws it, recognized by its shape. */
const grpc = (code: number) => Object.assign(new Error('…'), { code, details: '…', metadata: {} });
const service = (code: number) => new ServiceError('…', { cause: grpc(code) });
/** An error as the client throws it, whose own text is uninformative. */
const updateFailure = (cause?: Error) => new WorkflowUpdateFailedError('Workflow Update failed', cause);
const updateFailed = (type: string) => updateFailure(ApplicationFailure.nonRetryable('…', type));

type Row = readonly [what: string, error: unknown];
const ROWS: Readonly<Record<TemporalTrouble, readonly Row[]>> = {
  busy: [['RESOURCE_EXHAUSTED', service(8)]],
  away: [
    ['CANCELLED', service(1)],
    ['DEADLINE_EXCEEDED', service(4)],
    ['UNAVAILABLE', service(14)],
    ['UNAVAILABLE, not wrapped', grpc(14)],
    ['DEADLINE_EXCEEDED under another error', new Error('…', { cause: grpc(4) })],
  ],
  'no-worker': [
    ['FAILED_PRECONDITION, for a task queue without pollers', service(9)],
    [
      'an update that no worker accepted in time',
      new WorkflowUpdateRPCTimeoutOrCancelledError('…', { cause: grpc(4) }),
    ],
    ['an update unknown to the worker', updateFailed('UnprocessedUpdate')],
  ],
  unknown: [
    ['the client’s error for NOT_FOUND', new WorkflowNotFoundError('…', 'john-doe-1', undefined)],
    ['NOT_FOUND', service(5)],
  ],
  ended: [
    [
      'an update that was accepted before the workflow ended',
      updateFailed('AcceptedUpdateCompletedWorkflow'),
    ],
    [
      'an update that arrived as the workflow ended',
      new WorkflowNotFoundError('workflow update was aborted by closing workflow', 'john-doe-1', undefined),
    ],
  ],
  refused: [['our validator', updateFailed(DECISION_REFUSED)]],
  bug: [
    ['an update handler of ours that threw', updateFailed('TypeError')],
    ['an update that failed without a message', updateFailure()],
    ['INVALID_ARGUMENT', service(3)],
    ['PERMISSION_DENIED', service(7)],
    ['UNAUTHENTICATED', service(16)],
    ['INTERNAL', service(13)],
    ['a query unknown to the workflow', new QueryNotRegisteredError('…', 3)],
    [
      'a workflow that already exists',
      new WorkflowExecutionAlreadyStartedError('…', 'john-doe-1', 'bookVacation'),
    ],
    ['a workflow that failed', new WorkflowFailedError('…', undefined, RetryState.NON_RETRYABLE_FAILURE)],
    ['our own error', new TypeError('undefined is not a function')],
    ['a value that is not an error', 'UNAVAILABLE'],
    ['nothing', undefined],
  ],
};

describe.each(Object.entries(ROWS))('%s', (trouble, rows) => {
  test.each(rows)('%s', (_, error) => expect(sortTemporalError(error)).toBe(trouble));
});
