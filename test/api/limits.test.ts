import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Wait } from '../../src/api/booking/wait.js';
import type { FailedAttempt } from '../../src/model/timeline.js';
import { WebSocket } from 'ws';
import type { Attempts } from '../../src/database/attempts.js';
import type { Wishes } from '../../src/database/wishes.js';
import { anOrder, aRecord } from '../support/trips.js';
import { startTestApi, type ApiChoice } from './fixtures/api.js';
import { createFakeEngine } from './fixtures/fake-engine.js';
import { connect } from './fixtures/subscriptions.js';

const RECORD = aRecord(anOrder(), { id: 'x', version: 1, status: 'CONFIRMED' });

interface LimitsChoice extends ApiChoice {
  readonly attempts?: Attempts['of'];
  readonly wait?: Wait;
}

/** An API over a record that is done, for one test. */
async function serve({ attempts, wait, ...choice }: LimitsChoice = {}) {
  const wishes = {
    find: vi.fn<Wishes['find']>(async () => RECORD),
    callOff: vi.fn<Wishes['callOff']>(async () => undefined),
    accept: vi.fn<Wishes['accept']>(async () => RECORD),
  };
  const parts = {
    wishes: wishes as never,
    engine: createFakeEngine(),
    ...(wait && { wait }),
    ...(attempts && { attempts: { of: attempts } as Attempts }),
  };
  const api = await startTestApi({ parts, ...choice });
  onTestFinished(() => api.stop());
  const post = (query: string) =>
    fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
  const client = connect(api.url.replace('http:', 'ws:'));
  /** The result over a WebSocket. @throws the errors that refuse the operation */
  async function ask(query: string): Promise<unknown> {
    for await (const result of client.iterate({ query })) return result;
    return undefined;
  }
  return { wishes, post, ask, url: api.url };
}

const READ = '{ booking(id: "x") { id } }';
const CALL_OFF = 'mutation { cancelBooking(input: { id: "x" }) { booking { id } } }';
const times = (count: number, field: string) =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');

describe('a response says', () => {
  test('what the request cost and what is left, over HTTP and over WebSockets', async () => {
    const { post, ask } = await serve({ rateLimit: 10_000 });
    expect(await (await post(READ)).json()).toMatchObject({
      data: { booking: { id: 'x' } },
      extensions: { cost: { requested: 511, left: 9489 } },
    });
    expect(await ask(READ)).toMatchObject({ extensions: { cost: { requested: 511, left: 8978 } } });
    expect(await ask('subscription { bookingUpdated(id: "x") { id } }')).toMatchObject({
      data: { bookingUpdated: { id: 'x' } },
      extensions: { cost: { requested: 511, left: 8467 } },
    });
  });

  test('that nothing limits it, if nothing does', async () => {
    const { post } = await serve({ rateLimit: 0 });
    expect(await (await post(READ)).json()).toMatchObject({
      extensions: { cost: { requested: 511, left: null } },
    });
  });
});

describe('a request over MAX_COST', () => {
  test('is refused with what it costs and what is allowed, and nothing is done', async () => {
    const { post, ask, wishes } = await serve({ maxCost: 1500 });
    const query = `{ ${times(3, 'booking(id: "x") { id }')} }`;
    const message = expect.stringMatching(/costs 1513, and at most 1500/) as unknown;
    const refused = {
      message,
      extensions: { code: 'TOO_EXPENSIVE', requestId: expect.any(String) as unknown },
    };
    const response = await post(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [refused] });
    await expect(ask(query)).rejects.toMatchObject([refused]);
    expect(wishes.find).not.toHaveBeenCalled();
    expect((await post(`{ ${times(2, 'booking(id: "x") { id }')} }`)).status).toBe(200);
  });
});

describe('a caller whose budget is used up', () => {
  const RATE_LIMITED = {
    code: 'RATE_LIMITED',
    retryAfterSeconds: expect.any(Number) as unknown,
    requestId: expect.any(String) as unknown,
  };

  test('gets a 429 with Retry-After, and over WebSockets an error, and nothing is done', async () => {
    const { post, ask, wishes } = await serve({ rateLimit: 2500 });
    await post(CALL_OFF);
    expect(wishes.callOff).toHaveBeenCalledTimes(1);
    const response = await post(CALL_OFF);
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: RATE_LIMITED }] });
    await expect(ask(CALL_OFF)).rejects.toMatchObject([{ extensions: RATE_LIMITED }]);
    expect(wishes.callOff).toHaveBeenCalledTimes(1);
  });

  test('can still send what fits', async () => {
    const { post } = await serve({ rateLimit: 2600 });
    await post(CALL_OFF);
    expect((await post(CALL_OFF)).status).toBe(429);
    expect((await post(READ)).status).toBe(200);
  });

  test('is refused before the document is read', async () => {
    const { post, ask } = await serve({ rateLimit: 15 });
    expect((await post('not GraphQL')).status).toBe(400);
    expect((await post('not GraphQL')).status).toBe(429);
    await expect(ask('not GraphQL')).rejects.toMatchObject([{ extensions: RATE_LIMITED }]);
  });

  test('is somebody else than a caller from another address', async () => {
    const { url } = await serve({ rateLimit: 600, trustProxy: ['loopback'] });
    const from = async (address: string) => {
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': address };
      return (await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: READ }) })).status;
    };
    expect([await from('192.0.2.1'), await from('192.0.2.1')]).toEqual([200, 429]);
    expect([await from('2001:db8::1'), await from('2001:db8::2'), await from('2001:db8:0:1::1')]).toEqual([
      200, 429, 200,
    ]);
  });
});

test('a reply over ten megabytes is refused instead of sent', async () => {
  const message = 'x'.repeat(200_000);
  const latest = Array.from({ length: 50 }, (_, index): FailedAttempt => ({
    action: 'reserve',
    since: RECORD.acceptedAt,
    attempt: index,
    at: RECORD.acceptedAt,
    message,
  }));
  const { post, ask } = await serve({
    attempts: async () => new Map([['x', [{ legId: 'car', count: 50, latest }]]]),
  });
  const query = '{ booking(id: "x") { timeline { message } } }';
  const refused = { extensions: { code: 'REPLY_TOO_LARGE', requestId: expect.any(String) as unknown } };
  const response = await post(query);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [refused] });
  expect(await ask(query)).toMatchObject({ errors: [refused] });
  expect((await post('{ booking(id: "x") { timeline { at } } }')).status).toBe(200);
});

test('the mutations of a request share one budget of waits, and no other request’s', async () => {
  const budgets: unknown[] = [];
  const { post } = await serve({
    wait: async (reading, _milliseconds, { waits }) => {
      budgets.push(waits);
      return reading;
    },
  });
  const input = '{ name: "a", car: "c", hotel: "h", flight: "f", waitSeconds: 5 }';
  const two = `mutation { ${times(2, `bookVacation(input: ${input}) { replayed }`)} }`;
  await post(two);
  await post(two);
  expect(budgets).toHaveLength(4);
  expect(budgets[1]).toBe(budgets[0]);
  expect(budgets[3]).toBe(budgets[2]);
  expect(budgets[2]).not.toBe(budgets[0]);
});

describe('one caller', () => {
  const perCaller = { waits: 1, subscriptions: 1, sockets: 2 };

  test('can open a number of sockets from one address, and others when those are closed', async () => {
    const { url } = await serve({ perCaller, trustProxy: ['loopback'] });
    const open = (address = '192.0.2.1') =>
      new WebSocket(url.replace('http:', 'ws:'), GRAPHQL_TRANSPORT_WS_PROTOCOL, {
        headers: { 'x-forwarded-for': address },
      });
    const sockets = [open(), open()];
    onTestFinished(() => sockets.forEach((socket) => socket.terminate()));
    for (const socket of sockets) await once(socket, 'open');

    const [, answer] = (await once(open(), 'unexpected-response')) as [unknown, IncomingMessage];
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(JSON.parse((await answer.toArray()).join(''))).toMatchObject({
      errors: [
        { extensions: { code: 'BUSY', retryAfterSeconds: 5, requestId: expect.any(String) as unknown } },
      ],
    });

    sockets.push(open('192.0.2.2'));
    await once(sockets[2]!, 'open');
    sockets[0]!.close();
    await expect
      .poll(async () => {
        const socket = open();
        socket.on('error', () => undefined);
        sockets.push(socket);
        return Promise.race([
          once(socket, 'open').then(() => 'open'),
          once(socket, 'unexpected-response').then(() => 'refused'),
        ]);
      })
      .toBe('open');
  });

  test('can follow a number of bookings, over all its sockets', async () => {
    const { ask, url, wishes } = await serve({ perCaller });
    wishes.find.mockImplementation(async () => ({ ...RECORD, status: 'PENDING' }));
    const query = 'subscription { bookingUpdated(id: "x") { id } }';
    const first = connect(url.replace('http:', 'ws:')).iterate({ query });
    await first.next();
    const answer = () => ask(query).catch((errors: unknown) => ({ errors }));
    expect(await answer()).toMatchObject({
      errors: [{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS', retryAfterSeconds: 5 } }],
    });
    await first.return?.();
    await expect.poll(answer).toMatchObject({ data: { bookingUpdated: { id: 'x' } } });
  });
});
