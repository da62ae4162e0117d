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

/** As grpc-js throws it: known by its shape. */
const grpc = (code: number) => Object.assign(new Error('…'), { code, details: '…', metadata: {} });
const service = (code: number) => new ServiceError('…', { cause: grpc(code) });
/** As the client throws it: its own text says nothing. */
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
    ['FAILED_PRECONDITION, for a task queue that nobody polls', service(9)],
    [
      'an update that nobody took up in time',
      new WorkflowUpdateRPCTimeoutOrCancelledError('…', { cause: grpc(4) }),
    ],
    ['an update that the worker does not know', updateFailed('UnprocessedUpdate')],
  ],
  unknown: [
    ['the client’s word for NOT_FOUND', new WorkflowNotFoundError('…', 'john-doe-1', undefined)],
    ['NOT_FOUND', service(5)],
  ],
  ended: [
    [
      'an update that was accepted, and then the workflow was over',
      updateFailed('AcceptedUpdateCompletedWorkflow'),
    ],
    [
      'an update that came as the workflow ended',
      new WorkflowNotFoundError('workflow update was aborted by closing workflow', 'john-doe-1', undefined),
    ],
  ],
  refused: [['our validator', updateFailed(DECISION_REFUSED)]],
  bug: [
    ['an update of ours that threw', updateFailed('TypeError')],
    ['an update that failed without a word', updateFailure()],
    ['INVALID_ARGUMENT', service(3)],
    ['PERMISSION_DENIED', service(7)],
    ['UNAUTHENTICATED', service(16)],
    ['INTERNAL', service(13)],
    ['a query that the workflow does not know', new QueryNotRegisteredError('…', 3)],
    [
      'a workflow that is there already',
      new WorkflowExecutionAlreadyStartedError('…', 'john-doe-1', 'bookVacation'),
    ],
    ['a workflow that failed', new WorkflowFailedError('…', undefined, RetryState.NON_RETRYABLE_FAILURE)],
    ['an error of ours', new TypeError('undefined is not a function')],
    ['what is no error', 'UNAVAILABLE'],
    ['nothing', undefined],
  ],
};

describe.each(Object.entries(ROWS))('%s', (trouble, rows) => {
  test.each(rows)('%s', (_, error) => expect(sortTemporalError(error)).toBe(trouble));
});
