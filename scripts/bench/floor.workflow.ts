import { proxyActivities } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing(): Promise<void> }>({ startToCloseTimeout: '10s' });

/** Three activities that do nothing: Temporal's own share of a trip. */
export async function floor(): Promise<void> {
  for (let leg = 0; leg < 3; leg++) await nothing();
}
