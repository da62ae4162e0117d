import { expect, test, vi } from 'vitest';
import { DatabaseUnavailable } from '../../src/model/service-unavailable.js';
import type { FailedAttempt } from '../../src/model/timeline.js';
import { createAttemptLog } from '../../src/worker/attempt-log.js';

const ATTEMPT: FailedAttempt = { action: 'reserve', since: '', attempt: 1, at: '', message: 'down' };

function openLog() {
  const append = vi.fn<(bookingId: string) => Promise<void>>(async () => undefined);
  const written: string[] = [];
  const onLost = vi.fn();
  const log = createAttemptLog({ attempts: { append }, onWritten: (id) => written.push(id), onLost });
  return { log, append, written, onLost };
}

test('one after the other is written, and told of', async () => {
  const { log, written } = openLog();
  for (const id of ['a', 'b', 'c']) log.failed(id, 'car', ATTEMPT);
  expect(await log.flush(1000)).toBe(0);
  expect(written).toEqual(['a', 'b', 'c']);
});

test('one that the database refuses for good blocks none of the others', async () => {
  const { log, append, written, onLost } = openLog();
  append.mockRejectedValueOnce(new Error('invalid byte sequence'));
  for (const id of ['refused', 'b', 'c']) log.failed(id, 'car', ATTEMPT);
  expect(await log.flush(1000)).toBe(0);
  expect(written).toEqual(['b', 'c']);
  expect(onLost).toHaveBeenCalledOnce();
});

test('while the database is away none is lost, and whoever goes is told how many wait', async () => {
  const { log, append, written, onLost } = openLog();
  append.mockRejectedValueOnce(new DatabaseUnavailable());
  for (const id of ['a', 'b']) log.failed(id, 'car', ATTEMPT);
  expect(await log.flush(20)).toBe(2);
  expect(onLost).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(written).toEqual(['a', 'b']), { timeout: 5000 });
});
