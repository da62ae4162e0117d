import { expect, it } from 'vitest';
import { createRunningParts } from '../../src/dev/dev-context.js';

it('stops the newest first, once, and lets no part that hangs or fails keep the others running', async () => {
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
    'It did not stop in order: Error: it is on fire',
    'Stopping the worker',
    'It did not stop in order: no end within 0.05 s',
    'Stopping the database',
  ]);
});
