import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { BookVacationDocument } from '../../src/client/generated.js';
import { createAuthority, type Authority, type Certificate } from '../support/certificates.js';
import { makeDataFolder } from '../support/data-folder.js';
import { request } from '../support/graphql-client.js';
import { launchWorker, startApi, startWorker } from '../support/our-programs.js';
import { startTlsProxy, type TlsProxy } from '../support/tls-proxy.js';

/** API and worker reach a Temporal server over TLS, with a client certificate or an API key. */

const TRIP = { name: 'John Doe', car: 'valid-car-id', hotel: 'hotel-down-0', flight: 'valid-flight-id' };

let folder: string;
let authority: Authority;
let server: Certificate;
beforeAll(async () => {
  folder = await makeDataFolder('temporal-tls');
  authority = await createAuthority(folder, 'ca');
  server = await authority.issue('localhost');
});
afterAll(() => rm(folder, { recursive: true }));

async function proxy(clients?: Authority): Promise<TlsProxy> {
  const started = await startTlsProxy(server, clients);
  onTestFinished(() => started.close());
  return started;
}

const settings = ({ address }: TlsProxy) => ({
  TEMPORAL_TASK_QUEUE: `temporal-tls-${randomUUID()}`,
  TEMPORAL_ADDRESS: address,
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority.cert,
});

async function isBooked(given: NodeJS.ProcessEnv): Promise<void> {
  const [api] = await Promise.all([startApi(given), startWorker(given)]);
  const input = { ...TRIP, waitSeconds: 30 };
  const { data } = await request(api.url, BookVacationDocument, { input });
  expect(data?.bookVacation.booking).toMatchObject({ status: 'CONFIRMED' });
}

describe('a server that requires client certificates', () => {
  test('gets ours from the API and from the worker', async () => {
    const { cert, key } = await authority.issue('tripsaga');
    const through = await proxy(authority);
    await isBooked({
      ...settings(through),
      TEMPORAL_TLS_CLIENT_CERT_PATH: cert,
      TEMPORAL_TLS_CLIENT_KEY_PATH: key,
    });
    const paths = through.requests.map((headers) => headers[':path']).join();
    // Of the worker, and of the API.
    for (const call of ['/PollWorkflowTaskQueue', '/StartWorkflowExecution']) expect(paths).toContain(call);
  });

  test('refuses both without one, and their logs say why', async () => {
    const through = await proxy(authority);
    const given = settings(through);
    const [api, worker] = [await startApi(given), launchWorker(given)];
    for (const program of [api, worker]) await program.says(/is not responding; retrying: .*certificate/i);
    expect(through.requests).toEqual([]);
  });
});

describe('a server whose certificate is of another authority', () => {
  test('is accepted by neither, and their logs say why', async () => {
    const through = await proxy();
    const given = {
      ...settings(through),
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: (await createAuthority(folder, 'other')).cert,
    };
    const [api, worker] = [await startApi(given), launchWorker(given)];
    for (const program of [api, worker]) await program.says(/is not responding; retrying: .*certificate/i);
    expect(through.requests).toEqual([]);
  });
});

describe('an API key', () => {
  test('is sent with every request of both, as a bearer token', async () => {
    const through = await proxy();
    await isBooked({ ...settings(through), TEMPORAL_API_KEY: 'a-key' });
    const keys = new Set(through.requests.map(({ authorization }) => authorization));
    expect([...keys]).toEqual(['Bearer a-key']);
  });
});
