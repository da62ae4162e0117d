import { setTimeout as sleep } from 'node:timers/promises';
import { defaultActivityInfo, MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, describe, expect, test } from 'vitest';
import { createLegActivities } from '../../src/worker/leg-activities.js';
import { createSandboxSupplier } from '../../src/worker/suppliers/sandbox/sandbox-supplier.js';
import { anOrder } from '../support/trips.js';

/** Every requested delay, in milliseconds; only a fifth of it passes here. */
const pauses: number[] = [];
beforeEach(() => void pauses.splice(0));

const SANDBOX = createSandboxSupplier({ delayMs: 1000, wait });
async function wait(ms: number): Promise<void> {
  pauses.push(ms);
  await sleep(ms / 5);
}

/** Runs `bookHotel` as a worker would, with the tutorial's delays. */
async function bookHotel(hotel: string, attempt: number) {
  const order = anOrder({ hotel });
  const bookingId = defaultActivityInfo.workflowExecution?.workflowId ?? '';
  const { bookHotel: activity } = createLegActivities({
    findSupplier: () => SANDBOX,
    partners: [],
    facts: { goesForward: async () => true },
    keeper: { own: () => expect.fail('the record already belongs to this run') },
    attempts: { failed: () => undefined },
    failedAttempts: { of: async () => new Map() },
    announce: () => undefined,
  });
  const logger = new DefaultLogger('ERROR', () => undefined);
  const environment = new MockActivityEnvironment({ attempt }, { logger });
  const heartbeats: unknown[] = [];
  environment.on('heartbeat', (details) => heartbeats.push(details));
  const task = { bookingId, order, legId: 'hotel', choice: 0, decision: 0, since: '', spent: 0 };
  const outcome = await environment.run(activity, task).catch((error: unknown) => error);
  return { outcome, heartbeats };
}

describe('row 3: the tutorial’s outage', () => {
  test('attempt 1 takes a second, heartbeats, waits another second and fails with a retryable error', async () => {
    const { outcome, heartbeats } = await bookHotel('valid-hotel-id', 1);
    expect(heartbeats).toEqual(['Invoking activity, attempt number 1']);
    expect(pauses).toEqual([1000, 1000]);
    expect(outcome).toMatchObject({
      message: 'Hotel service is down. Retrying...',
      nonRetryable: false,
    });
  });

  test('attempt 2 takes a second and books the hotel', async () => {
    const { outcome } = await bookHotel('valid-hotel-id', 2);
    expect(pauses).toEqual([1000]);
    expect(outcome).toMatchObject({ id: 'valid-hotel-id', attempts: 2 });
  });

  test('attempt 2 permanently refuses an invalid hotel', async () => {
    const { outcome } = await bookHotel('invalid-hotel-id', 2);
    expect(outcome).toMatchObject({
      message: 'Invalid hotel booking, rolling back!',
      nonRetryable: true,
    });
  });
});
