import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { getIntrospectionQuery } from 'graphql';
import type { Client, SubscribePayload } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { startTestApi } from './fixtures/api.js';
import { connect, follow, openSocket, serveSubscriptions } from './fixtures/subscriptions.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const PROTOCOL = 'graphql-transport-ws';

/** The result of one operation, or the errors that refuse it. */
async function ask(client: Client, payload: SubscribePayload): Promise<unknown> {
  for await (const answer of client.iterate(payload)) return answer;
  return undefined;
}

const refusedWith = (code: string) => [
  { extensions: { code, requestId: expect.stringMatching(UUID) as unknown } },
];

describe('an operation over a socket follows the same rules as one over HTTP', () => {
  test('queries are answered', async () => {
    const { url } = await serveSubscriptions(room);
    expect(await ask(connect(url), { query: '{ booking(id: "nobody-1") { id } }' })).toMatchObject({
      data: { booking: null },
    });
  });

  test.each([
    ['that is not GraphQL', '{ oops', 'GRAPHQL_PARSE_FAILED'],
    ['with thousands of fields', `{ ${'a: __typename '.repeat(1000)} }`, 'GRAPHQL_PARSE_FAILED'],
    ['against the schema', 'subscription { bookingUpdated { id } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['without an operation', 'fragment F on Booking { id }', 'GRAPHQL_VALIDATION_FAILED'],
    ['with two operations', 'query A { __typename } query B { __typename }', 'OPERATION_RESOLUTION_FAILURE'],
  ])('a document %s is refused', async (_what, query, code) => {
    const { url } = await serveSubscriptions(room);
    await expect(ask(connect(url), { query })).rejects.toMatchObject(refusedWith(code));
  });

  test('a variable of the wrong type is refused', async () => {
    const { url } = await serveSubscriptions(room);
    const query = 'subscription ($id: ID!) { bookingUpdated(id: $id) { id } }';
    expect(await ask(connect(url), { query, variables: { id: {} } })).toMatchObject({
      errors: refusedWith('BAD_USER_INPUT'),
    });
  });

  test('production reveals nothing about the schema', async () => {
    const { url } = await serveSubscriptions(room, { production: true });
    const client = connect(url);
    for (const query of ['{ __schema { __typename } }', '{ bookin(id: "x") { id } }']) {
      const refusal = ask(client, { query });
      await expect(refusal).rejects.toMatchObject(refusedWith('GRAPHQL_VALIDATION_FAILED'));
      await expect(refusal).rejects.not.toMatchObject([
        { message: expect.stringContaining('Did you mean') as unknown },
      ]);
    }
  });

  test('an unexpected error is masked, and logged with the id that the client gets', async () => {
    const { url, log } = await serveSubscriptions(room, {
      find: async () => Promise.reject(new Error('password "hunter2" refused')),
    });
    const client = connect(url);
    const query = '{ booking(id: "x") { id } }';
    const answer = (await ask(client, { query })) as { errors: { extensions: { requestId: string } }[] };
    const thrown = await follow(client, 'x').completed.then(
      () => [],
      (errors: unknown) => errors as typeof answer.errors,
    );

    for (const errors of [answer.errors, thrown]) {
      expect(errors).toMatchObject(refusedWith('INTERNAL_SERVER_ERROR'));
      expect(JSON.stringify(errors)).not.toContain('hunter2');
      expect(log).toContainEqual(
        expect.objectContaining({
          requestId: errors[0]?.extensions.requestId,
          err: expect.objectContaining({ message: 'password "hunter2" refused' }) as unknown,
        }),
      );
    }
  });
});

describe('a socket is limited', () => {
  test('a message over 100 kB closes it', async () => {
    const { url } = await serveSubscriptions(room);
    const socket = await openSocket(url);
    socket.send(' '.repeat(100 * 1024 + 1));
    expect((await once(socket, 'close'))[0]).toBe(1009);
  });

  test('it carries at most a hundred operations at the same time', async () => {
    const hotel = room.holdUp('reserve', 'hundred-hotel-down-0');
    const trip = await room.book({ hotel: 'hundred-hotel-down-0' });
    await hotel.arrived;
    const { url } = await serveSubscriptions(room);
    const client = connect(url);
    const followed = Array.from({ length: 100 }, () => follow(client, trip.id));
    await expect.poll(() => followed.every(({ updates }) => updates.length > 0)).toBe(true);

    await expect(follow(client, trip.id).completed).rejects.toMatchObject(refusedWith('TOO_MANY_OPERATIONS'));
    hotel.letGo();
    for (const { completed } of followed) await completed;
  });

  test('a client that sends but does not read is disconnected before much is buffered for it', async () => {
    const { url, log } = await serveSubscriptions(room);
    const socket = await openSocket(url);
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.pause();
    const query = getIntrospectionQuery();
    const cutOff = () => log.find(({ bufferedAmount }) => bufferedAmount !== undefined);
    for (let id = 0; !cutOff(); id++) {
      socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query } }));
      if (id % 20 === 0) await sleep(10);
    }
    expect(cutOff()?.bufferedAmount).toBeLessThan(2 * 1024 * 1024);
    socket.resume();
    await closed;
  });
});

describe('pages of other origins', () => {
  const answerTo = async (url: string, origin: string) => {
    const socket = new WebSocket(url, PROTOCOL, { origin });
    return new Promise<number | undefined>((resolve) => {
      socket.on('open', () => {
        socket.terminate();
        resolve(101);
      });
      socket.on('unexpected-response', (request, { statusCode }) => {
        request.destroy();
        resolve(statusCode);
      });
    });
  };

  test('may connect only where they may call over HTTP', async () => {
    const { url } = await serveSubscriptions(room, { corsOrigins: ['https://shop.example'] });
    expect(await answerTo(url, new URL(url).origin.replace('ws:', 'http:'))).toBe(101);
    expect(await answerTo(url, 'https://shop.example')).toBe(101);
    for (const origin of ['https://elsewhere.example', 'https://shop.example.elsewhere.example', 'null'])
      expect(await answerTo(url, origin)).toBe(403);
    expect(await answerTo(url.replace('/graphql', '/elsewhere'), 'https://shop.example')).toBe(404);
  });
});

describe('the whole API', () => {
  test('serves subscriptions at the endpoint, and closes them when it stops', async () => {
    const api = await startTestApi({ room });
    const hotel = room.holdUp('reserve', 'goodbye-hotel-down-0');
    const trip = await room.book({ hotel: 'goodbye-hotel-down-0' });
    await hotel.arrived;
    const { latest, completed } = follow(connect(api.url.replace('http:', 'ws:')), trip.id);
    await expect.poll(() => latest()?.status).toBe('BOOKING');
    await api.stop();

    await expect(completed).rejects.toMatchObject({ code: 1012 });
    hotel.letGo();
  });
});
