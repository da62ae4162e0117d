import type { Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { startPolling } from '../../src/main/polling.js';

function aPromise() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve: () => resolve() };
}

/** A stand-in for an SDK worker: runs until it is shut down or fails. */
function aWorker() {
  let end = () => {};
  let fail = (_error: Error) => {};
  const running = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const worker = {
    state: 'INITIALIZED',
    /** No activity is running that would have to finish first. */
    idle: true,
    run() {
      worker.state = 'RUNNING';
      return running;
    },
    getState: () => worker.state,
    shutdown() {
      if (worker.state !== 'RUNNING') throw new Error('a worker may be shut down once, while it runs');
      worker.state = 'STOPPING';
      if (worker.idle) end();
    },
    end: () => end(),
    fail: (error: Error) => fail(error),
  };
  return worker;
}

function aCrew(size = 1) {
  const workers = Array.from({ length: size }, aWorker);
  const crew = {
    workers: workers as unknown as Worker[],
    isClosed: false,
    async close() {
      crew.isClosed = true;
    },
  };
  return { workers, crew, states: () => workers.map(({ state }) => state) };
}

/** Polls with crews of one worker each. */
async function pollWith(first = aCrew(), stopWithinMs = 60_000) {
  const crews = [first];
  const troubles: unknown[] = [];
  let outage = aPromise();
  let creating: Promise<void> = Promise.resolve();
  const polling = await startPolling({
    stopWithinMs,
    createCrew: async () => {
      await creating;
      return crews.at(-1)!.crew;
    },
    outageEnds: async (signal) => {
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await Promise.race([outage.promise, aborted]);
    },
    onTrouble: (error) => troubles.push(error),
  });
  const over = { ended: false, failed: undefined as unknown };
  void polling.ended.then(
    () => (over.ended = true),
    (error: unknown) => (over.failed = error),
  );
  return {
    ...polling,
    troubles,
    over,
    /** The server comes back; the next crew is this one, created once `ready` resolves. */
    comesBack(next = aCrew(), ready: Promise<void> = Promise.resolve()) {
      crews.push(next);
      creating = ready;
      const { resolve } = outage;
      outage = aPromise();
      resolve();
      return next;
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('when one worker of a crew fails, the others are shut down and the crew fails', async () => {
  const { workers, crew, states } = aCrew(3);
  const { ended } = await pollWith({ workers, crew, states });
  workers[1]!.fail(new Error('lost its connection'));
  await expect(ended).rejects.toThrow('lost its connection');
  expect(states()).toEqual(['STOPPING', 'STOPPING', 'STOPPING']);
  expect(crew.isClosed).toBe(true);
});

test('a crew ends only when its last worker has finished, and then the connection is closed', async () => {
  const { workers, crew, states } = aCrew(2);
  workers[1]!.idle = false;
  const { stop, over } = await pollWith({ workers, crew, states });
  const stopped = stop();
  await settled();
  expect(states()).toEqual(['STOPPING', 'STOPPING']);
  expect([over.ended, crew.isClosed]).toEqual([false, false]);
  workers[1]!.end();
  await stopped;
  expect([over.ended, crew.isClosed]).toEqual([true, true]);
});

test('stopping twice shuts each worker down once', async () => {
  const { stop, ended } = await pollWith(aCrew(2));
  await Promise.all([stop(), stop()]);
  await ended;
});

test('after an outage a new crew polls, and the old one finishes its running work', async () => {
  const first = aCrew();
  first.workers[0]!.idle = false;
  const { comesBack, stop, over } = await pollWith(first);
  const second = comesBack();
  await settled();
  expect([first.states(), second.states()]).toEqual([['STOPPING'], ['RUNNING']]);
  expect([first.crew.isClosed, second.crew.isClosed]).toEqual([false, false]);

  const stopped = stop();
  await settled();
  expect([second.states(), second.crew.isClosed]).toEqual([['STOPPING'], true]);
  expect(over.ended).toBe(false);
  first.workers[0]!.end();
  await stopped;
  expect(first.crew.isClosed).toBe(true);
});

test('the failure of any crew is reported', async () => {
  const first = aCrew();
  first.workers[0]!.idle = false;
  const { comesBack, over } = await pollWith(first);
  const second = comesBack();
  await settled();
  second.workers[0]!.fail(new Error('lost its connection'));
  await settled();
  expect(over.failed).toMatchObject({ message: 'lost its connection' });
});

test('if no new crew can be created, the current one keeps polling until the next outage is over', async () => {
  const first = aCrew();
  const { comesBack, stop, troubles } = await pollWith(first);
  comesBack(aCrew(), Promise.reject(new Error('unavailable again')));
  await settled();
  expect(troubles).toMatchObject([{ message: 'unavailable again' }]);
  expect(first.states()).toEqual(['RUNNING']);
  const third = comesBack();
  await settled();
  expect([first.states(), third.states()]).toEqual([['STOPPING'], ['RUNNING']]);
  await stop();
});

test('stopping while a new crew is being created ends that one too', async () => {
  const first = aCrew();
  const { comesBack, stop } = await pollWith(first);
  const ready = aPromise();
  const second = comesBack(aCrew(), ready.promise);
  await settled();
  const stopped = stop();
  await settled();
  ready.resolve();
  await stopped;
  expect([second.states(), second.crew.isClosed]).toEqual([['STOPPING'], true]);
});

test('a crew that never ends is abandoned when the time is up', async () => {
  const { workers, crew, states } = aCrew();
  workers[0]!.idle = false;
  const { stop, over } = await pollWith({ workers, crew, states }, 50);
  await stop();
  expect(over.ended).toBe(true);
});
