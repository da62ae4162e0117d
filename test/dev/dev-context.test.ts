import { expect, it } from 'vitest';
import { createRunningParts } from '../../src/dev/dev-context.js';

it('stops parts newest first, once, even if one hangs or fails', async () => {
  const said: string[] = [];
  const running = createRunningParts((line) => said.push(line), 50);
  const part = (what: string, stop: () => Promise<void>) => running.add({ what, stop });
  part('the database', () => Promise.resolve());
  part('the worker', () => new Promise(() => undefined));
  part('the API', () => Promise.reject(new Error('it is on fire')));

  expect(running.stopping()).toBe(false);
  await Promise.all([running.stopAll(), running.stopAll()]);
  expect(running.stopping()).toBe(true);
  expect(said).toEqual([
    'Stopping the API',
    'It did not stop cleanly: Error: it is on fire',
    'Stopping the worker',
    'It did not stop cleanly: timed out after 0.05 s',
    'Stopping the database',
  ]);
});
