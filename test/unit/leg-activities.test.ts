import type { ApplicationFailure } from '@temporalio/common';
import { defaultActivityInfo, MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, expect, test } from 'vitest';
import { DatabaseUnavailable } from '../../src/model/service-unavailable.js';
import type { FailedAttempt } from '../../src/model/timeline.js';
import { createLegActivities, type LegActivityOptions } from '../../src/worker/leg-activities.js';
import { createSuppliers } from '../../src/worker/suppliers/create-suppliers.js';
import type { Supplier } from '../../src/worker/suppliers/supplier.port.js';
import { createRecordingSuppliers } from '../support/recording-suppliers.js';
import { anOrder } from '../support/trips.js';

const order = anOrder({ supplier: 'acme' });
const { workflowId: bookingId = '' } = defaultActivityInfo.workflowExecution ?? {};
const SINCE = '2026-11-26T12:00:00.000Z';
const failed = (over: Partial<FailedAttempt>): FailedAttempt => ({
  action: 'reserve',
  since: SINCE,
  attempt: 1,
  at: SINCE,
  message: 'down',
  ...over,
});

let suppliers = createRecordingSuppliers();
beforeEach(() => (suppliers = createRecordingSuppliers()));

/** Runs `bookHotel` for a leg at the partner acme, as a worker of these queues would. */
async function bookHotel(options: Partial<LegActivityOptions>, spent = 0, latest: FailedAttempt[] = []) {
  const { bookHotel: activity } = createLegActivities({
    findSupplier: suppliers.findSupplier,
    partners: ['acme'],
    facts: { goesForward: async () => true },
    keeper: { own: () => expect.fail('the record already belongs to this run') },
    attempts: { failed: () => undefined },
    failedAttempts: {
      of: async () => new Map([[bookingId, [{ legId: 'hotel', count: latest.length, latest }]]]),
    },
    announce: () => undefined,
    ...options,
  });
  const logger = new DefaultLogger('ERROR', () => undefined);
  const task = { bookingId, order, legId: 'hotel', choice: 0, decision: 0, since: SINCE, spent };
  return new MockActivityEnvironment({}, { logger }).run(activity, task).then(
    () => undefined,
    (error: unknown) => error as ApplicationFailure,
  );
}

test('on its own queue, a partner is called', async () => {
  expect(await bookHotel({ partner: 'acme' })).toBeUndefined();
  expect(suppliers.calls).toMatchObject([{ supplier: 'acme', attempt: 1 }]);
});

test.each([undefined, 'globex'])(
  'on another queue (%s) it is not called, and the failure says that it is busy',
  async (partner) => {
    expect(
      await bookHotel({ ...(partner !== undefined && { partner }), partners: ['acme', 'globex'] }),
    ).toMatchObject({
      type: 'Queued',
      nonRetryable: true,
      details: [{ attempt: 0 }],
    });
    expect(suppliers.calls).toEqual([]);
  },
);

test('attempts made on the partner’s own queue are counted, and no others', async () => {
  const latest = [
    failed({ attempt: 2 }),
    failed({ attempt: 3 }),
    failed({ attempt: 8, action: 'release' }),
    failed({ attempt: 9, since: '2026-11-26T11:00:00.000Z' }),
  ];
  expect((await bookHotel({}, 0, latest))?.details).toEqual([{ attempt: 3 }]);
  expect((await bookHotel({}, 4, latest))?.details).toEqual([{ attempt: 4 }]);
});

test('while the attempts can’t be read, the known count is kept', async () => {
  const failedAttempts = { of: () => Promise.reject(new DatabaseUnavailable()) };
  expect(await bookHotel({ failedAttempts }, 2)).toMatchObject({ type: 'Queued', details: [{ attempt: 2 }] });
});

test('if the partner is unknown, the failure says what to configure', async () => {
  const findSupplier = createSuppliers({ partners: [], timeoutMs: 1000, sandboxDelayMs: 0 }, {} as never);
  expect(await bookHotel({ partners: [], findSupplier })).toMatchObject({
    type: 'SUPPLIER_UNAVAILABLE',
    nonRetryable: true,
    message: expect.stringContaining('set PARTNER_ACME_URL') as unknown,
  });
});

test.each([
  ['succeeds', async () => ({})],
  ['fails', () => Promise.reject(new Error('down'))],
])('a call that %s is announced when it begins and when it has ended', async (_outcome, reserve) => {
  const seen: string[] = [];
  const supplier: Supplier = {
    reserve: () => {
      seen.push('called');
      return reserve();
    },
    release: () => expect.fail('nothing is to be released'),
  };
  await bookHotel({
    partner: 'acme',
    findSupplier: () => supplier,
    announce: (...news) => seen.push(news.join(' ')),
  });
  expect(seen).toEqual([`${bookingId} moved`, 'called', `${bookingId} moved`]);
});
