import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { BookingsDocument } from '../../src/client/generated.js';
import { detour } from '../api/fixtures/servers.js';
import { request } from '../support/graphql-client.js';
import { startApi, startWorker } from '../support/our-programs.js';
import { addDatabase } from '../support/test-database.js';

test('API and worker log the beginning and the end of a database outage once each', async () => {
  const url = new URL(await addDatabase('tripsaga_template'));
  const way = await detour(url.host);
  onTestFinished(() => way.stop());
  url.host = way.address;
  const settings = {
    DATABASE_URL: url.href,
    TEMPORAL_TASK_QUEUE: `outage-${randomUUID()}`,
    WATCHMAN_ROUND_MS: '100',
  };
  const [api, worker] = await Promise.all([startApi(settings), startWorker(settings)]);
  const list = () => request(api.url, BookingsDocument, { first: 1 });
  expect((await list()).errors).toBeUndefined();

  await way.stop();
  for (let time = 0; time < 20; time++) {
    expect((await list()).errors).toMatchObject([{ extensions: { code: 'DATABASE_UNAVAILABLE' } }]);
    await sleep(100);
  }
  await way.putBack();
  await expect.poll(async () => (await list()).errors).toBeUndefined();
  for (const program of [api, worker]) {
    await program.says(/The database is available again\./);
    const lines = program
      .output()
      .split('\n')
      .filter((line) => /"level":[456]0/.test(line));
    // Refused, or broken off if a connection was just being made.
    const words = `(connect ECONNREFUSED ${way.address}|Connection terminated unexpectedly)`;
    const begins = lines.filter((line) => line.includes('"msg":"No connection to the database'));
    expect(begins).toEqual([expect.stringMatching(`No connection to the database: ${words}`)]);
    // A query under way when the outage began may log a line too.
    expect(lines.length).toBeLessThan(3);
    expect(program.output().match(/is available again/g)).toHaveLength(1);
  }
});
