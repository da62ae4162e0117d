import {
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { EngineUnavailable, ServiceUnavailable, WorkerUnavailable } from '../model/service-unavailable.js';
import type { BookingResult } from '../model/booking-result.js';
import { isServerAway, isWorkerAway } from './engine-errors.js';

/** For a whole operation; leaves the API half a second of the three within which it promises an answer. */
export const DEADLINE_MS = 2500;

export type WorkflowDescription = WorkflowExecutionDescription;

/** Calls to Temporal that are over by one deadline, with our errors. */
export interface WorkflowCalls {
  start(type: string, options: WorkflowStartOptions): Promise<void>;
  /** `undefined` for an unknown id, and for a workflow of another type: the namespace isn't ours alone. */
  describe(workflowId: string, type: string): Promise<WorkflowDescription | undefined>;
  /** @throws WorkerUnavailable */
  query<T>(workflowId: string, name: string): Promise<T>;
  /** @throws WorkerUnavailable; what the update's validator threw, as `WorkflowUpdateFailedError` */
  update<T>(workflowId: string, name: string, argument: unknown): Promise<T>;
  /** Of a workflow that has completed. */
  result(workflowId: string): Promise<BookingResult>;
}

/**
 * Runs an operation of several calls within `DEADLINE_MS`.
 * @throws EngineUnavailable when the server doesn't answer in time
 */
export async function inTime<T>(client: Client, task: (calls: WorkflowCalls) => Promise<T>): Promise<T> {
  try {
    const calls = createWorkflowCalls(client);
    return await client.withDeadline(Date.now() + DEADLINE_MS, () => task(calls));
  } catch (error) {
    // Asked first: the SDK looks for a missed deadline in an error's causes too, and would find the worker's.
    if (error instanceof ServiceUnavailable) throw error;
    if (isServerAway(error)) throw new EngineUnavailable({ cause: error });
    throw error;
  }
}

export function isOpen({ status }: WorkflowDescription): boolean {
  return status.name === 'RUNNING';
}

function createWorkflowCalls({ workflow }: Client): WorkflowCalls {
  return {
    async start(type, options) {
      await workflow.start(type, options);
    },

    async describe(workflowId, type) {
      try {
        const description = await workflow.getHandle(workflowId).describe();
        return description.type === type ? description : undefined;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    },

    async query<T>(workflowId: string, name: string) {
      try {
        return await workflow.getHandle(workflowId).query<T>(name);
      } catch (error) {
        if (isWorkerAway(error)) throw new WorkerUnavailable({ cause: error });
        throw error;
      }
    },

    async update<T>(workflowId: string, name: string, argument: unknown) {
      try {
        const options = { args: [argument] as [unknown] };
        return await workflow.getHandle(workflowId).executeUpdate<T, [unknown]>(name, options);
      } catch (error) {
        const timedOut = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
        if (timedOut || isWorkerAway(error)) throw new WorkerUnavailable({ cause: error });
        throw error;
      }
    },

    result: (workflowId) => workflow.getHandle<() => Promise<BookingResult>>(workflowId).result(),
  };
}
