import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import { BookVacationDocument } from '../../src/client/generated.js';
import { freePort } from '../../src/dev/ports.js';
import { startServer, stopServers } from '../dev/fixtures/servers.js';
import { request } from '../support/graphql-client.js';
import { startApi, startWorker } from '../support/our-programs.js';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.js';

/** Long enough for every back-off to have grown: the SDK's own goes up to ten seconds for a poll, gRPC's to two minutes. */
const AWAY_MS = 40_000;

test('when Temporal is back the API finds it, and the workers poll it, within three seconds', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'found-again-'));
  onTestFinished(async () => {
    await stopServers();
    rmSync(folder, { recursive: true });
  });
  const port = await freePort();
  const server = () => startServer({ port, stateFile: join(folder, 'temporal.db') });
  const first = await server();
  const connection = await Connection.connect({ address: first.address });
  onTestFinished(() => connection.close());
  const temporal = new Client({ connection });
  await registerSearchAttributes(temporal);
  const settings = {
    TEMPORAL_ADDRESS: first.address,
    TEMPORAL_TASK_QUEUE: `found-again-${randomUUID()}`,
  };
  const [api, worker] = await Promise.all([startApi(settings), startWorker(settings)]);
  const book = async () => {
    const input = {
      name: 'John Doe',
      car: 'valid-car-id',
      hotel: 'hotel-down-0',
      flight: 'valid-flight-id',
      waitSeconds: 30,
    };
    return (await request(api.url, BookVacationDocument, { input })).data?.bookVacation.booking;
  };
  expect(await book()).toMatchObject({ status: 'CONFIRMED' });

  await first.stop();
  await sleep(AWAY_MS);
  await server();
  const back = performance.now();
  expect(await book()).toMatchObject({ status: 'CONFIRMED' });
  // What the trip itself takes on a busy machine is on top.
  expect(performance.now() - back).toBeLessThan(5000);
  expect(worker.output()).toContain('Temporal is available again; polling with new workers');
}, 180_000);
