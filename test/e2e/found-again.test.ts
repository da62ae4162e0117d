import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import { BookVacationDocument } from '../../src/client/generated.js';
import { freePort } from '../support/free-port.js';
import { startServer, stopServers } from '../dev/fixtures/servers.js';
import { request } from '../support/graphql-client.js';
import { startApi, startWorker } from '../support/our-programs.js';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.js';

/** Long enough for every backoff to grow: the SDK's goes up to ten seconds per poll, gRPC's to two minutes. */
const OUTAGE_MS = 40_000;

test('when Temporal is available again, the API and the workers reconnect within three seconds', async () => {
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
  await sleep(OUTAGE_MS);
  await server();
  const back = performance.now();
  expect(await book()).toMatchObject({ status: 'CONFIRMED' });
  // Plus the duration of the trip itself on a busy machine.
  expect(performance.now() - back).toBeLessThan(5000);
  await worker.says(/Temporal is available again; polling with new workers/, 5000);
});
