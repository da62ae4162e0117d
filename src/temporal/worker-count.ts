import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { EngineUnavailable } from '../model/service-unavailable.js';
import { sortTemporalError } from './errors.js';

/** Counts the workers that asked for work lately, within the last 90 seconds. @throws EngineUnavailable */
export type CountWorkers = () => Promise<number>;

const DESCRIBE_MS = 1500;
/** A worker asks at least once a minute: its requests wait that long for a task. */
const LATELY_MS = 90_000;

export function createCountWorkers(client: Client, taskQueue: string): CountWorkers {
  const { namespace } = client.options;
  const describe = () =>
    client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
  return async () => {
    try {
      const { pollers } = await client.withDeadline(Date.now() + DESCRIBE_MS, describe);
      const lately = pollers.filter(
        ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > Date.now() - LATELY_MS,
      );
      return new Set(lately.map(({ identity }) => identity)).size;
    } catch (error) {
      const trouble = sortTemporalError(error);
      if (trouble === 'busy' || trouble === 'away') throw new EngineUnavailable({ cause: error });
      throw error;
    }
  };
}
