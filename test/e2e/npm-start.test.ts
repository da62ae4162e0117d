import { rm } from 'node:fs/promises';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BookingDocument, BookVacationDocument } from '../../src/client/generated.js';
import { freePort } from '../support/free-port.js';
import { makeDataFolder } from '../support/data-folder.js';
import { request } from '../support/graphql-client.js';
import { npmRun, type Program } from '../support/processes.js';

/** Everything in one command, stopped and restarted on one data folder. The tests build on each other. */

const TRIP = { name: 'John Doe', car: 'valid-car-id', hotel: 'valid-hotel-id', flight: 'valid-flight-id' };

let settings: Record<
  'PORT' | 'TEMPORAL_PORT' | 'TEMPORAL_UI_PORT' | 'POSTGRES_PORT' | 'TRIPSAGA_DATA_DIR',
  string
>;
let system: Program;
let api: string;
let ui: string;
let booked: string;
let begun: string;

beforeAll(async () => {
  settings = {
    PORT: String(await freePort()),
    TEMPORAL_PORT: String(await freePort()),
    TEMPORAL_UI_PORT: String(await freePort()),
    POSTGRES_PORT: String(await freePort()),
    TRIPSAGA_DATA_DIR: await makeDataFolder('npm-start'),
  };
  api = `http://127.0.0.1:${settings.PORT}/graphql`;
  ui = `http://127.0.0.1:${settings.TEMPORAL_UI_PORT}`;
});
afterAll(() => rm(settings.TRIPSAGA_DATA_DIR, { recursive: true }));

async function start(more: NodeJS.ProcessEnv = {}): Promise<void> {
  system = npmRun('start', { SANDBOX_DELAY_MS: '10', ...settings, ...more });
  await system.says(/GraphQL API/, 120_000);
}

const bookingOf = async (id: string) => (await request(api, BookingDocument, { id })).data?.booking;

/** Which of the three still respond, and whether a process is left. */
async function leftRunning(): Promise<string[]> {
  const addresses = [api, ui, `http://127.0.0.1:${settings.TEMPORAL_PORT}`];
  const answers = await Promise.allSettled(addresses.map((address) => fetch(address)));
  const left = addresses.filter((_, index) => answers[index]?.status === 'fulfilled');
  return system.isAlive() ? [...left, 'a process'] : left;
}

describe('npm start', () => {
  test('prints the addresses of API, Sandbox and Web UI once all three respond', async () => {
    await start();
    const answers = await Promise.all([
      request(api, BookingDocument, { id: 'nobody-1' }),
      fetch(api, { headers: { accept: 'text/html' } }),
      fetch(ui),
    ]);
    expect(answers[0]).toMatchObject({ data: { booking: null } });
    expect(answers[1].headers.get('content-type')).toContain('text/html');
    expect(answers[2].ok).toBe(true);

    await system.says(/Ctrl-C/);
    expect(system.output()).toContain(`GraphQL API      ${api}\n`);
    expect(system.output()).toContain(`Apollo Sandbox   ${api} (in a browser)\n`);
    expect(system.output()).toContain(`Temporal Web UI  ${ui}\n`);
    expect(system.output()).toMatch(/^Temporal server: .+ \(.+\)$/m);
  });

  test('books a trip', async () => {
    const input = { ...TRIP, waitSeconds: 30 };
    const { data } = await request(api, BookVacationDocument, { input });
    expect(data?.bookVacation.booking).toMatchObject({ status: 'CONFIRMED' });
    booked = data?.bookVacation.booking?.id ?? '';
  });

  test('row 1: the booking has attempts, user id and three offer ids, on the task queue saga-task-queue', async () => {
    const connection = await Connection.connect({ address: `127.0.0.1:${settings.TEMPORAL_PORT}` });
    const handle = new Client({ connection }).workflow.getHandle(booked);
    expect((await handle.describe()).taskQueue).toBe('saga-task-queue');
    await connection.close();

    // The Web UI's own API shows what a person sees there as the workflow's input.
    const history = await fetch(`${ui}/api/v1/namespaces/default/workflows/${booked}/history`);
    const { history: { events = [] } = {} } = (await history.json()) as WebUiHistory;
    const payload = events[0]?.workflowExecutionStartedEventAttributes?.input.payloads[0]?.data ?? '';
    expect(decode(payload)).toMatchObject({
      userId: booked,
      legs: [
        { choices: [{ offerId: 'valid-car-id' }] },
        { choices: [{ offerId: 'valid-hotel-id' }], maxAttempts: 5 },
        { choices: [{ offerId: 'valid-flight-id' }] },
      ],
    });
  });

  test('row 8: the API returns the address of a booking’s page in the Web UI', async () => {
    const url = (await bookingOf(booked))?.temporalUrl ?? '';
    expect(url).toContain(`${ui}/namespaces/default/workflows/${booked}`);
    expect((await fetch(url)).ok).toBe(true);
  });

  test('stops API, worker and servers in this order on SIGTERM, and leaves no process behind', async () => {
    // A booking is under way: the worker lets the car's supplier finish.
    const input = { ...TRIP, car: 'car-slow-300' };
    const { data } = await request(api, BookVacationDocument, { input });
    begun = data?.bookVacation.booking?.id ?? '';
    await expect.poll(() => bookingOf(begun)).toMatchObject({ status: 'BOOKING' });

    expect(await system.stop('SIGTERM')).toBe(0);
    expect(system.output()).toMatch(
      /Stopping the API\nStopping the worker\nStopping the Temporal server\nStopping the database\n$/,
    );
    expect(await leftRunning()).toEqual([]);
  });

  test('keeps bookings over a restart, and continues those that were not done', async () => {
    // Settings meant for another Temporal server don't affect the one started here.
    await start({ TEMPORAL_API_KEY: 'of-another-server', TEMPORAL_NAMESPACE: 'default' });
    expect(await bookingOf(booked)).toMatchObject({ status: 'CONFIRMED' });
    await expect.poll(() => bookingOf(begun)).toMatchObject({ status: 'CONFIRMED' });
  });

  test('stops in the same way on Ctrl-C, which signals every process, and ours twice because of npm', async () => {
    system.signalAll('SIGINT');
    expect(await system.ended).toBe(0);
    expect(system.output()).toMatch(
      /Stopping the API\nStopping the worker\nStopping the Temporal server\nStopping the database\n$/,
    );
    expect(await leftRunning()).toEqual([]);
  });
});

interface WebUiHistory {
  history: {
    events: {
      workflowExecutionStartedEventAttributes?: { input: { payloads: { data: string }[] } };
    }[];
  };
}

const decode = (base64: string): unknown => JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
