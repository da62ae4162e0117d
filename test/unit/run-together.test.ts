import type { Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { runTogether, shutDown } from '../../src/main/run-together.js';

/** Stands for a worker of the SDK's: runs until it is shut down or fails. */
function aWorker() {
  let end = () => {};
  let fail = (_error: Error) => {};
  const running = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const state = { isDown: false, isDrained: true };
  const worker = {
    run: () => running,
    getState: () => (state.isDown ? 'STOPPING' : 'RUNNING'),
    shutdown() {
      if (state.isDown) throw new Error('a worker may be shut down once');
      state.isDown = true;
      if (state.isDrained) end();
    },
  };
  return {
    worker: worker as unknown as Worker,
    state,
    end: () => end(),
    fail: (error: Error) => fail(error),
  };
}

test('when one of them fails the others are shut down, and all of it has failed', async () => {
  const [one, two, three] = [aWorker(), aWorker(), aWorker()];
  const ended = runTogether([one.worker, two.worker, three.worker]);
  two.fail(new Error('lost its connection'));
  await expect(ended).rejects.toThrow('lost its connection');
  expect([one, three].map(({ state }) => state.isDown)).toEqual([true, true]);
});

test('it has not ended before the last of them has finished what runs', async () => {
  const [failing, busy] = [aWorker(), aWorker()];
  busy.state.isDrained = false;
  let isOver = false;
  const ended = runTogether([failing.worker, busy.worker]).catch(() => (isOver = true));
  failing.fail(new Error('…'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(busy.state.isDown).toBe(true);
  expect(isOver).toBe(false);
  busy.end();
  await ended;
  expect(isOver).toBe(true);
});

test('shut down twice, each is told once', async () => {
  const workers = [aWorker(), aWorker()];
  const ended = runTogether(workers.map(({ worker }) => worker));
  shutDown(workers.map(({ worker }) => worker));
  shutDown(workers.map(({ worker }) => worker));
  await ended;
});
