import { readFile } from 'node:fs/promises';
import { CombinedGraphQLErrors } from '@apollo/client';
import { createClient, fetchExchange, type ClientOptions } from '@urql/core';
import { buildSchema, parse, print, type FragmentDefinitionNode, type GraphQLInterfaceType } from 'graphql';
import { ClientError } from 'graphql-request';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  BookingDocument,
  BookingsDocument,
  BookingUpdatedDocument,
  BookVacationDocument,
  type BookingUpdatedSubscription,
  type BookVacationInput,
} from '../../src/client/generated.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { createApolloClient } from './clients/apollo-client.js';
import { createRequestClient } from './clients/graphql-request.js';
import { openSocket } from './clients/socket.js';
import { createUrqlClient } from './clients/urql.js';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { TRIP } from './fixtures/client.js';
import { statusesOf } from './fixtures/subscriptions.js';

/** The most popular client packages, used as README shows. */

let room: SagaRoom;
let api: TestApi;
beforeAll(async () => {
  room = await openSagaRoom({ watchmanRoundMs: 200 });
  api = await startTestApi({ room });
});
afterAll(async () => {
  await api.stop();
  await room.close();
});

const checkedIn = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

type Booking = BookingUpdatedSubscription['bookingUpdated'];

function socketOfTest() {
  const socket = openSocket(api.url);
  onTestFinished(async () => socket.dispose());
  return socket;
}

const NOT_ACCEPTED = { ...TRIP, name: ' ' };
const INVALID_INPUT = { code: 'INVALID_INPUT', field: ['input', 'name'] };
/** Refused before execution, with status 400. */
const NO_NUMBER = { ...TRIP, attempts: 'five' as unknown as number };
/** Refused during execution, with status 200. */
const TOO_MANY = { first: 101 };
const BAD_USER_INPUT = [{ extensions: { code: 'BAD_USER_INPUT' } }];
const NOT_FOUND = [{ extensions: { code: 'BOOKING_NOT_FOUND' } }];

describe('Apollo Client', () => {
  function open() {
    const client = createApolloClient(api.url, socketOfTest());
    onTestFinished(() => client.stop());
    return client;
  }
  type Apollo = ReturnType<typeof open>;
  const bookWith = async (client: Apollo, input: BookVacationInput) => {
    const { data } = await client.mutate({ mutation: BookVacationDocument, variables: { input } });
    return data!.bookVacation;
  };
  const followWith = async (client: Apollo, id: string, updates: Booking[] = []) => {
    await client
      .subscribe({ query: BookingUpdatedDocument, variables: { id } })
      .forEach(({ data }) => void updates.push(data!.bookingUpdated));
    return updates;
  };

  test('books, reads and follows a trip to its end, which updates its cache', async () => {
    const client = open();
    const flight = room.holdUp('reserve', 'apollo-flight');
    const { booking, replayed } = await bookWith(client, { ...TRIP, flight: 'apollo-flight' });
    expect(replayed).toBe(false);
    await flight.arrived;
    const reading = { query: BookingDocument, variables: { id: booking!.id } };
    expect((await client.query(reading)).data?.booking).toMatchObject({ status: 'BOOKING', done: false });
    const updates: Booking[] = [];
    const followed = followWith(client, booking!.id, updates);
    await expect.poll(() => updates.length).toBeGreaterThan(0);
    flight.letGo();
    await followed;

    expect(statusesOf(updates)).toEqual(['BOOKING', 'CONFIRMED']);
    expect(client.readQuery(reading)?.booking).toMatchObject({ status: 'CONFIRMED', done: true });
  });

  test('keeps the legs of one booking apart from those of another', async () => {
    const client = open();
    const readings = [];
    for (const flight of ['apart-flight', 'invalid-flight']) {
      const { booking } = await bookWith(client, { ...TRIP, flight });
      await followWith(client, booking!.id);
      const reading = { query: BookingDocument, variables: { id: booking!.id } };
      await client.query(reading);
      readings.push(reading);
    }
    const bookings = readings.map((reading) => client.readQuery(reading)?.booking);
    expect(bookings.map((booking) => booking?.legs.map(({ state }) => state))).toEqual([
      ['BOOKED', 'BOOKED', 'BOOKED'],
      ['UNDONE', 'UNDONE', 'UNDONE'],
    ]);
  });

  test('knows every type of a userError', async () => {
    const schema = buildSchema(await checkedIn('schema.graphql'));
    const [fragment] = parse('fragment Parts on UserError { message }').definitions as [
      FragmentDefinitionNode,
    ];
    const types = schema.getPossibleTypes(schema.getType('UserError') as GraphQLInterfaceType);
    const { cache } = open();
    expect(types.filter(({ name }) => !cache.fragmentMatches(fragment, name))).toEqual([]);
  });

  test('returns userErrors as data', async () => {
    expect(await bookWith(open(), NOT_ACCEPTED)).toMatchObject({
      booking: null,
      userErrors: [INVALID_INPUT],
    });
  });

  test('throws errors as CombinedGraphQLErrors; a subscription has them in its result', async () => {
    const client = open();
    const refusals = [
      bookWith(client, NO_NUMBER),
      client.query({ query: BookingsDocument, variables: TOO_MANY }),
    ];
    for (const refused of await Promise.allSettled(refusals)) {
      expect(refused).toMatchObject({ status: 'rejected', reason: { errors: BAD_USER_INPUT } });
      expect(refused).toHaveProperty('reason', expect.any(CombinedGraphQLErrors));
    }
    const results: unknown[] = [];
    await client
      .subscribe({ query: BookingUpdatedDocument, variables: { id: 'nobody-1' } })
      .forEach(({ error }) => void results.push(error));
    expect(results).toMatchObject([{ errors: NOT_FOUND }]);
  });
});

describe('urql', () => {
  const open = () => createUrqlClient(api.url, socketOfTest());
  type Urql = ReturnType<typeof open>;

  /** All results until the subscription ends. */
  function follow(client: Urql, id: string) {
    const updates: Booking[] = [];
    const over = new Promise<unknown>((resolve) => {
      client.subscription(BookingUpdatedDocument, { id }).subscribe(({ data, error, hasNext }) => {
        if (data) updates.push(data.bookingUpdated);
        if (error || !hasNext) resolve(error);
      });
    });
    return { updates, over };
  }

  test('books, reads and follows a trip to its end', async () => {
    const client = open();
    const flight = room.holdUp('reserve', 'urql-flight');
    const booked = await client.mutation(BookVacationDocument, { input: { ...TRIP, flight: 'urql-flight' } });
    expect(booked.error).toBeUndefined();
    const { id } = booked.data!.bookVacation.booking!;
    await flight.arrived;
    const reading = await client.query(BookingDocument, { id });
    expect(reading.data?.booking).toMatchObject({ status: 'BOOKING', done: false });
    const { updates, over } = follow(client, id);
    await expect.poll(() => updates.length).toBeGreaterThan(0);
    flight.letGo();

    expect(await over).toBeUndefined();
    expect(statusesOf(updates)).toEqual(['BOOKING', 'CONFIRMED']);
    expect(updates.at(-1)).toMatchObject({ done: true });
  });

  test('returns userErrors as data', async () => {
    const { data, error } = await open().mutation(BookVacationDocument, { input: NOT_ACCEPTED });
    expect(error).toBeUndefined();
    expect(data?.bookVacation).toMatchObject({ booking: null, userErrors: [INVALID_INPUT] });
  });

  test('returns errors in the result, as its graphQLErrors', async () => {
    const client = open();
    const refusals = [
      await client.mutation(BookVacationDocument, { input: NO_NUMBER }),
      await client.query(BookingsDocument, TOO_MANY),
    ];
    for (const { error } of refusals) {
      expect(error?.networkError).toBeUndefined();
      expect(error?.graphQLErrors).toMatchObject(BAD_USER_INPUT);
    }
    expect(await follow(client, 'nobody-1').over).toMatchObject({ graphQLErrors: NOT_FOUND });
  });
});

/** Any website can send requests that need no preflight on behalf of its visitors, which CSRF prevention stops. */
describe('urql sends short queries as GET by default', () => {
  /** A client that records the method of each request. */
  function openPlain(options: Partial<ClientOptions> = {}) {
    const methods: (string | undefined)[] = [];
    const client = createClient({
      url: api.url,
      exchanges: [fetchExchange],
      fetch: (url, init) => {
        methods.push(init?.method);
        return fetch(url, init);
      },
      ...options,
    });
    return { client, methods };
  }
  const READ = [BookingDocument, { id: 'nobody-1' }] as const;
  const NOBODY = { data: { booking: null }, error: undefined };

  test('which is refused with advice on what to send', async () => {
    const { client, methods } = openPlain();
    const { data, error } = await client.query(...READ);
    expect(methods).toEqual(['GET']);
    expect(data).toBeUndefined();
    expect(error).toMatchObject({ response: { status: 400 }, networkError: undefined });
    expect(error?.graphQLErrors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    expect(error?.message).toMatch(
      /blocked as a potential Cross-Site Request Forgery.*apollo-require-preflight/,
    );
  });

  test('while long queries and all mutations are sent as POST and answered', async () => {
    const { client, methods } = openPlain();
    const long = { id: 'x'.repeat(2048) };
    expect(await client.query(BookingDocument, long)).toMatchObject(NOBODY);
    const { data } = await client.mutation(BookVacationDocument, { input: NOT_ACCEPTED });
    expect(data?.bookVacation.userErrors).toMatchObject([INVALID_INPUT]);
    expect(methods).toEqual(['POST', 'POST']);
  });

  test('with preferGetMethod: false, the query is sent as POST and answered', async () => {
    const { client, methods } = openPlain({ preferGetMethod: false });
    expect(await client.query(...READ)).toMatchObject(NOBODY);
    expect(methods).toEqual(['POST']);
  });

  test('with the header apollo-require-preflight, the GET is answered', async () => {
    const { client, methods } = openPlain({
      fetchOptions: { headers: { 'apollo-require-preflight': 'true' } },
    });
    expect(await client.query(...READ)).toMatchObject(NOBODY);
    expect(methods).toEqual(['GET']);
  });
});

describe('graphql-request', () => {
  const open = () => createRequestClient(api.url);

  test('books and reads a trip; graphql-ws follows it to its end', async () => {
    const client = open();
    const flight = room.holdUp('reserve', 'request-flight');
    const input = { ...TRIP, flight: 'request-flight' };
    const { booking } = (await client.request(BookVacationDocument, { input })).bookVacation;
    const { id } = booking!;
    await flight.arrived;
    expect((await client.request(BookingDocument, { id })).booking).toMatchObject({ status: 'BOOKING' });
    const updates: Booking[] = [];
    const query = print(BookingUpdatedDocument);
    const following = { query, variables: { id } };
    for await (const { data } of socketOfTest().iterate<BookingUpdatedSubscription>(following)) {
      updates.push(data!.bookingUpdated);
      flight.letGo();
    }

    expect(statusesOf(updates)).toEqual(['BOOKING', 'CONFIRMED']);
    expect((await client.request(BookingDocument, { id })).booking).toMatchObject({ status: 'CONFIRMED' });
  });

  test('returns userErrors as data', async () => {
    const { bookVacation } = await open().request(BookVacationDocument, { input: NOT_ACCEPTED });
    expect(bookVacation).toMatchObject({ booking: null, userErrors: [INVALID_INPUT] });
  });

  test('throws errors in the response of a ClientError', async () => {
    const client = open();
    const refusals = [
      client.request(BookVacationDocument, { input: NO_NUMBER }),
      client.request(BookingsDocument, TOO_MANY),
    ];
    for (const refused of await Promise.allSettled(refusals)) {
      expect(refused).toMatchObject({ status: 'rejected', reason: { response: { errors: BAD_USER_INPUT } } });
      expect(refused).toHaveProperty('reason', expect.any(ClientError));
    }
  });
});

test.each(['socket', 'apollo-client', 'urql', 'graphql-request'])(
  'README shows the code that these tests use: %s',
  async (name) => {
    const block = `\`\`\`ts\n${await checkedIn(`test/api/clients/${name}.ts`)}\`\`\``;
    // Compared by itself, so that a failure doesn't print the whole README.
    expect((await checkedIn('README.md')).includes(block)).toBe(true);
  },
);
