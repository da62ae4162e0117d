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

test('attempts are written and announced one after another', async () => {
  const { log, written } = openLog();
  for (const id of ['a', 'b', 'c']) log.failed(id, 'car', ATTEMPT);
  expect(await log.flush(1000)).toBe(0);
  expect(written).toEqual(['a', 'b', 'c']);
});

test('an attempt that the database permanently rejects doesn’t block the others', async () => {
  const { log, append, written, onLost } = openLog();
  append.mockRejectedValueOnce(new Error('invalid byte sequence'));
  for (const id of ['refused', 'b', 'c']) log.failed(id, 'car', ATTEMPT);
  expect(await log.flush(1000)).toBe(0);
  expect(written).toEqual(['b', 'c']);
  expect(onLost).toHaveBeenCalledOnce();
});

test('no attempt is lost while the database is unavailable, and flush returns how many are pending', async () => {
  const { log, append, written, onLost } = openLog();
  append.mockRejectedValueOnce(new DatabaseUnavailable());
  for (const id of ['a', 'b']) log.failed(id, 'car', ATTEMPT);
  expect(await log.flush(20)).toBe(2);
  expect(onLost).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(written).toEqual(['a', 'b']), { timeout: 5000 });
});
