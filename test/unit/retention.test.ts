import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { DatabaseUnavailable } from '../../src/model/service-unavailable.js';
import { startRetention, type RetentionOptions } from '../../src/worker/retention.js';

interface LogLine {
  readonly level: number;
  readonly count?: number;
}

function retention(forgetOlderThan: RetentionOptions['forgetting']['forgetOlderThan']) {
  const lines: LogLine[] = [];
  const logger = pino({}, { write: (line) => lines.push(JSON.parse(line) as LogLine) });
  return { lines, rounds: startRetention({ forgetting: { forgetOlderThan }, days: 30, everyMs: 5, logger }) };
}

test('a round forgets batch after batch, and logs the total', async () => {
  const forgetOlderThan = vi
    .fn<(days: number, limit: number) => Promise<number>>()
    .mockResolvedValueOnce(100)
    .mockResolvedValueOnce(100)
    .mockResolvedValueOnce(7)
    .mockResolvedValueOnce(0)
    .mockResolvedValueOnce(1)
    .mockResolvedValue(0);
  const { lines, rounds } = retention(forgetOlderThan);
  await expect.poll(() => lines.length).toBe(2);
  await rounds.stop();
  expect(lines).toMatchObject([
    { level: 30, count: 207 },
    { level: 30, count: 1 },
  ]);
  expect(forgetOlderThan).toHaveBeenCalledWith(30, 100);
});

test('an error doesn’t end the rounds; an unavailable database is not logged', async () => {
  const forgetOlderThan = vi
    .fn<() => Promise<number>>()
    .mockRejectedValueOnce(new DatabaseUnavailable())
    .mockRejectedValueOnce(new Error('a bug'))
    .mockResolvedValueOnce(100)
    .mockRejectedValueOnce(new DatabaseUnavailable())
    .mockResolvedValueOnce(2)
    .mockResolvedValue(0);
  const { lines, rounds } = retention(forgetOlderThan);
  await expect.poll(() => lines.length).toBe(3);
  await rounds.stop();
  expect(lines).toMatchObject([{ level: 40 }, { level: 30, count: 100 }, { level: 30, count: 2 }]);
});

test('a worker that stops doesn’t start another batch', async () => {
  let letGo = () => {};
  const forgetOlderThan = vi.fn(async () => {
    await new Promise<void>((resolve) => (letGo = resolve));
    return 100;
  });
  const { rounds } = retention(forgetOlderThan);
  const stopped = rounds.stop();
  letGo();
  await stopped;
  expect(forgetOlderThan).toHaveBeenCalledOnce();
});
