import { ServiceError, type Client } from '@temporalio/client';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createNudger } from '../../src/api/booking/nudger.js';
import { createBookingEngine } from '../../src/temporal/engine.js';
import { anOrder, aRecord } from '../support/trips.js';

const RECORD = aRecord(anOrder());

/** An error as grpc-js throws it, recognized by its shape. */
const grpc = (code: number) =>
  new ServiceError('…', { cause: Object.assign(new Error('…'), { code, details: '…', metadata: {} }) });
const RESOURCE_EXHAUSTED = grpc(8);

/** Our engine over a fake Temporal client that the test controls. */
function nudgerOver() {
  const start = vi.fn(async () => ({}));
  const signalWithStart = vi.fn(async () => ({}));
  const client = {
    withDeadline: (_deadline: number, call: () => Promise<unknown>) => call(),
    workflow: { start, signalWithStart },
  } as unknown as Client;
  const log: { readonly level: number }[] = [];
  const logger = pino({}, { write: (line) => log.push(JSON.parse(line) as { level: number }) });
  return { start, signalWithStart, log, nudger: createNudger(createBookingEngine(client, 'queue'), logger) };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe.each<[string, Error]>([
  ['throttled by Temporal', RESOURCE_EXHAUSTED],
  ['Temporal is unreachable', grpc(14)],
  ['Temporal does not answer in time', grpc(4)],
])('%s', (_what, error) => {
  test('nothing fails, and the wish is left to the watchman', async () => {
    const { nudger, start, signalWithStart, log } = nudgerOver();
    start.mockRejectedValue(error);
    signalWithStart.mockRejectedValue(error);
    await nudger.start(RECORD);
    expect(log).toMatchObject([{ level: 40 }]);
    vi.setSystemTime(Date.now() + 60_000);
    await nudger.nudge(RECORD);
    expect(log.filter(({ level }) => level > 40)).toEqual([]);
  });

  test('during the cooldown Temporal isn’t called and no caller waits', async () => {
    const { nudger, start, signalWithStart, log } = nudgerOver();
    start.mockRejectedValueOnce(error);
    await nudger.start(RECORD);
    vi.setSystemTime(Date.now() + 3000);
    for (let n = 0; n < 20; n++) await nudger.start(RECORD);
    await nudger.nudge(RECORD);
    expect(start).toHaveBeenCalledTimes(1);
    expect(signalWithStart).not.toHaveBeenCalled();

    vi.setSystemTime(Date.now() + 3000);
    await nudger.start(RECORD);
    await nudger.nudge(RECORD);
    expect(start).toHaveBeenCalledTimes(2);
    expect(signalWithStart).toHaveBeenCalledTimes(1);
    expect(log).toHaveLength(1);
  });
});

test('calls that fail together are logged once', async () => {
  const { nudger, start, log } = nudgerOver();
  start.mockRejectedValue(RESOURCE_EXHAUSTED);
  await Promise.all(Array.from({ length: 20 }, () => nudger.start(RECORD)));
  expect(log).toHaveLength(1);
});

test('a slow call delays its caller by half a second at most, and may still succeed', async () => {
  const { nudger, start } = nudgerOver();
  let answer = () => {};
  start.mockImplementationOnce(() => new Promise((resolve) => (answer = () => resolve({}))));
  const began = performance.now();
  await nudger.start(RECORD);
  expect(performance.now() - began).toBeGreaterThan(400);
  answer();
  await nudger.start(RECORD);
  expect(start).toHaveBeenCalledTimes(2);
});

test('a quick call leaves no timer behind', async () => {
  vi.useFakeTimers();
  const { nudger } = nudgerOver();
  await nudger.start(RECORD);
  expect(vi.getTimerCount()).toBe(0);
});

test('a bug is logged as an error with the booking’s id, and doesn’t suppress the next call', async () => {
  const { nudger, start, log } = nudgerOver();
  start.mockRejectedValueOnce(new TypeError('a bug of ours'));
  await nudger.start(RECORD);
  await nudger.start(RECORD);
  expect(log).toMatchObject([{ level: 50, bookingId: RECORD.id, err: { message: 'a bug of ours' } }]);
  expect(start).toHaveBeenCalledTimes(2);
});
