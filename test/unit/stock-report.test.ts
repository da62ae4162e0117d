import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { startStockReport } from '../../src/worker/watchman.js';

interface LogLine {
  readonly level: number;
  readonly count?: number;
  readonly keys?: readonly string[];
}

test('stray reservations are logged repeatedly, with their number and keys, and errors don’t end the report', async () => {
  const lines: LogLine[] = [];
  const logger = pino({}, { write: (line) => lines.push(JSON.parse(line) as LogLine) });
  const findStray = vi
    .fn()
    .mockResolvedValueOnce({ count: 0, keys: [] })
    .mockRejectedValueOnce(new Error('the database is unavailable'))
    .mockResolvedValue({ count: 30, keys: ['a/car', 'b/hotel'] });
  const report = startStockReport({ findStray, everyMs: 5, logger });
  await expect.poll(() => lines.length).toBeGreaterThan(2);
  await report.stop();

  expect(lines.slice(0, 3)).toMatchObject([
    { level: 40 },
    { level: 50, count: 30, keys: ['a/car', 'b/hotel'] },
    { level: 50, count: 30 },
  ]);
});
