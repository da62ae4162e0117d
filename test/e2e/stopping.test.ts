import { randomUUID } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { print } from 'graphql';
import { createClient, type Client, type CloseCode } from 'graphql-ws';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  BookingsDocument,
  BookingUpdatedDocument,
  BookVacationDocument,
  type BookingUpdatedSubscription,
  type BookVacationInput,
  type BookVacationMutation,
} from '../../src/client/generated.js';
import { freePort } from '../support/free-port.js';
import { openDatabaseProxy } from '../support/database-proxy.js';
import { openRaw } from '../api/fixtures/raw-http.js';
import { request } from '../support/graphql-client.js';
import { launchWorker, startApi, startWorker, type Api } from '../support/our-programs.js';
import { startServer, stopServers } from '../dev/fixtures/servers.js';

/** Graceful shutdown, as clients see it. */

const TRIP = {
  name: 'John Doe',
  // Its first attempt times out after ten seconds.
  car: 'car-hang-1',
  hotel: 'hotel-down-0',
  flight: 'valid-flight-id',
};

/** The header that says that no other request may follow over the connection. */
const LAST = /^connection: close$/im;

const settingsOf = () => ({ TEMPORAL_TASK_QUEUE: `stopping-${randomUUID()}` });

async function elapsed<T>(action: Promise<T>): Promise<readonly [number, T]> {
  const from = performance.now();
  const result = await action;
  return [performance.now() - from, result];
}

/** Connects as the README does. */
function connect({ url }: Pick<Api, 'url'>) {
  const closes: number[] = [];
  const client = createClient({
    url: url.replace('http:', 'ws:'),
    webSocketImpl: WebSocket,
    shouldRetry: () => true,
    on: { closed: (event) => closes.push((event as { code: CloseCode }).code) },
  });
  onTestFinished(async () => client.dispose());
  return { client, closes };
}

async function follow(client: Client, id: string): Promise<string[]> {
  const statuses: string[] = [];
  const query = print(BookingUpdatedDocument);
  for await (const { data } of client.iterate<BookingUpdatedSubscription>({ query, variables: { id } }))
    statuses.push(data?.bookingUpdated.status ?? 'no data');
  return statuses;
}

/** POSTs over a kept connection. Resolves with the Connection header and the response, or with an error code. */
function post({ url }: Api, agent: Agent, body: string): Promise<Posted> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json' };
    const sent = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
      const { connection } = response.headers;
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ connection, answer: JSON.parse(text) as Posted['answer'] }));
      response.on('error', ({ message }) => resolve({ error: message }));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }));
    sent.end(body);
  });
}

interface Posted {
  readonly connection?: string | undefined;
  readonly answer?: { readonly data: BookVacationMutation } | undefined;
  readonly error?: string;
}

const bookBody = (choice: Partial<BookVacationInput>) =>
  JSON.stringify({ query: print(BookVacationDocument), variables: { input: { ...TRIP, ...choice } } });

const bookingsOf = async (api: Api, name: string) =>
  (await request(api.url, BookingsDocument, { filter: { text: name } })).data?.bookings.nodes ?? [];

/** Resolves once the traveller's booking is recorded. */
async function isAccepted(api: Api, name: string): Promise<void> {
  await expect.poll(() => bookingsOf(api, name)).toHaveLength(1);
}

/** The id of the traveller's booking, once its status is BOOKING. */
async function isBooking(api: Api, name: string): Promise<string> {
  await expect.poll(() => bookingsOf(api, name)).toMatchObject([{ status: 'BOOKING' }]);
  return (await bookingsOf(api, name))[0]!.id;
}

describe('a stopping API', () => {
  test('answers waiting callers at once with the booking’s current state, and announces that the connection closes', async () => {
    const settings = settingsOf();
    const [api] = await Promise.all([startApi(settings), startWorker(settings)]);
    const name = `Waiting ${randomUUID()}`;
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const reply = post(api, agent, bookBody({ name, waitSeconds: 50 }));
    await isBooking(api, name);

    const [took, code] = await elapsed(api.stop());
    expect(await reply).toMatchObject({
      connection: 'close',
      answer: { data: { bookVacation: { booking: { status: 'BOOKING' }, userErrors: [] } } },
    });
    expect(code).toBe(0);
    expect(took).toBeLessThan(5000);
  });

  test('ends while the database is frozen, and waiting callers get the last known state', async () => {
    const settings = settingsOf();
    const proxy = await openDatabaseProxy(inject('databaseUrl'));
    onTestFinished(() => proxy.close());
    const api = await startApi({ ...settings, DATABASE_URL: proxy.url });
    const name = `Frozen ${randomUUID()}`;
    const reply = post(api, new Agent(), bookBody({ name, waitSeconds: 50 }));
    await isAccepted(api, name);
    proxy.freeze();

    const [took, code] = await elapsed(api.stop());
    expect(await reply).toMatchObject({
      answer: { data: { bookVacation: { booking: { status: 'PENDING' } } } },
    });
    expect(code).toBe(0);
    expect(took).toBeLessThan(15_000);
  });

  test('answers a request that arrives over an idle connection while it stops, and then ends the connection', async () => {
    const api = await startApi(settingsOf());
    const { socket, send, answers, closed } = await openRaw(api);
    const body = '{"query":"{ __typename }"}';
    const head = ['POST /graphql HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
    const ask = () => send([...head, `Content-Length: ${body.length}`, '', body].join('\r\n'));
    ask();
    expect(await answers(1)).toMatchObject([
      { status: 200, head: expect.not.stringMatching(LAST) as unknown },
    ]);

    const name = `Beside ${randomUUID()}`;
    const waiting = post(api, new Agent(), bookBody({ name, waitSeconds: 50 }));
    await isAccepted(api, name);

    api.signal('SIGTERM');
    // The end of another connection is no reason to end this one.
    expect(await waiting).toMatchObject({ connection: 'close' });
    ask();
    expect(await answers(2)).toMatchObject([
      { status: 200 },
      { status: 200, head: expect.stringMatching(LAST) as unknown },
    ]);
    await closed;
    expect(socket.destroyed).toBe(true);
    expect(await api.ended).toBe(0);
  });

  test('lets a mutation over a WebSocket finish, and subscribers reconnect by themselves', async () => {
    const settings = { ...settingsOf(), PORT: String(await freePort()) };
    const [api] = await Promise.all([startApi(settings), startWorker(settings)]);
    const { client, closes } = connect(api);
    const name = `Following ${randomUUID()}`;
    const input = { ...TRIP, name, waitSeconds: 50 };
    const answers: unknown[] = [];
    const booked = new Promise<void>((complete, error) =>
      client.subscribe<BookVacationMutation>(
        { query: print(BookVacationDocument), variables: { input } },
        { next: ({ data }) => answers.push(data?.bookVacation.booking?.status), complete, error },
      ),
    );
    const id = await isBooking(api, name);
    const statuses = follow(client, id);
    await sleep(300);

    expect(await api.stop()).toBe(0);
    // It has completed; if it had only been interrupted, graphql-ws would send it again.
    await booked;
    expect(answers).toEqual(['BOOKING']);
    expect(closes).toEqual([1012]);
    await startApi(settings);
    expect((await statuses).at(-1)).toBe('CONFIRMED');
  });
});

describe('a stopping worker', () => {
  test.each(['frozen', 'gone'])('ends while Temporal is %s', async (how) => {
    const temporal = await startServer();
    onTestFinished(stopServers);
    const worker = launchWorker({ TEMPORAL_ADDRESS: temporal.address, WORKER_SHUTDOWN_GRACE_MS: '1000' });
    await worker.says(/Worker started/);
    if (how === 'gone') await temporal.stop();
    else process.kill(temporal.pid, 'SIGSTOP');

    const [took] = await elapsed(worker.stop());
    if (how === 'frozen') process.kill(temporal.pid, 'SIGCONT');
    expect(took).toBeLessThan(15_000);
  });
});
