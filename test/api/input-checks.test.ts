import { parse } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BookVacationDocument, type BookVacationInput } from '../../src/client/generated.js';
import { request } from '../support/graphql-client.js';
import { createTestDatabase } from '../support/test-database.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { clientOf, TRIP } from './fixtures/client.js';

let room: SagaRoom;
let api: TestApi;
let before: number;
beforeAll(async () => {
  room = await openSagaRoom();
  api = await startTestApi({ room });
});
beforeEach(async () => {
  before = await accepted();
});
afterAll(async () => {
  await api.stop();
  await room.close();
});

async function accepted(): Promise<number> {
  const { rows } = await room.database.pool.query<{ count: string }>('select count(*) from bookings');
  return Number(rows[0]?.count);
}

async function expectNothingAccepted(): Promise<void> {
  expect(await accepted()).toBe(before);
}

const book = async (input: Partial<BookVacationInput>) => {
  const { data, errors } = await request(api.url, BookVacationDocument, { input: { ...TRIP, ...input } });
  return { payload: data?.bookVacation, errors };
};

type Case = [what: string, input: Partial<BookVacationInput>];

const idCases = ['car', 'hotel', 'flight'].flatMap((leg): Case[] => [
  [`an empty ${leg} id`, { [leg]: '' }],
  [`a blank ${leg} id`, { [leg]: ' \t ' }],
  [`a ${leg} id of 201 characters`, { [leg]: 'x'.repeat(201) }],
  [`a ${leg} id with a line break inside`, { [leg]: 'a\nb' }],
  [`a ${leg} id with a null character`, { [leg]: 'a\0b' }],
]);

describe('invalid input is returned as a user error with the path of its field', () => {
  test.each<Case>([
    ['an empty name', { name: '' }],
    ['a blank name', { name: '   ' }],
    ['a name of 101 characters', { name: 'x'.repeat(101) }],
    ['a name with a control character', { name: 'John\u0007Doe' }],
    ['a name with a character that changes the text direction', { name: 'John\u202eDoe' }],
    ['a name with an incomplete character', { name: 'John\ud83d' }],
    ...idCases,
    ['0 attempts', { attempts: 0 }],
    ['101 attempts', { attempts: 101 }],
    ['-1 attempts', { attempts: -1 }],
    ['an empty idempotency key', { idempotencyKey: '' }],
    ['a blank idempotency key', { idempotencyKey: ' ' }],
    ['an idempotency key of 201 characters', { idempotencyKey: 'k'.repeat(201) }],
    ['an idempotency key with a null character', { idempotencyKey: 'a\0b' }],
    ['a wait of -1 seconds', { waitSeconds: -1 }],
    ['a wait of 51 seconds', { waitSeconds: 51 }],
  ])('%s', async (_what, input) => {
    const { payload, errors } = await book(input);

    expect(errors).toBeUndefined();
    expect(payload).toEqual({
      booking: null,
      replayed: false,
      userErrors: [
        {
          code: 'INVALID_INPUT',
          message: expect.any(String) as unknown,
          field: ['input', ...Object.keys(input)],
          bookingId: null,
        },
      ],
    });
    await expectNothingAccepted();
  });

  test('all errors are returned at once, one for each field', async () => {
    const { payload } = await book({ name: '', car: ' ', attempts: 0, waitSeconds: 51 });

    expect(payload?.userErrors.map(({ field }) => field.join('.'))).toEqual([
      'input.name',
      'input.waitSeconds',
      'input.attempts',
      'input.car',
    ]);
    await expectNothingAccepted();
  });

  test('a message says what is accepted', async () => {
    const { payload } = await book({ attempts: 101, name: 'x'.repeat(101) });

    expect(payload?.userErrors.map(({ message }) => message)).toEqual([
      'The name must be at most 100 characters long.',
      'attempts must be between 1 and 100.',
    ]);
  });
});

describe('input just within the limits is accepted', () => {
  test.each<Case>([
    ['names and ids of full length', { name: 'x'.repeat(100), car: 'x'.repeat(200) }],
    ['a name in any script', { name: '王小明 José Ødegård 👩🏽' }],
    ['one attempt', { attempts: 1 }],
    ['a hundred attempts', { attempts: 100 }],
    ['the longest wait', { waitSeconds: 50 }],
    ['an idempotency key of full length', { idempotencyKey: 'k'.repeat(200) }],
    ['neither attempts nor wait', {}],
  ])('%s', async (_what, input) => {
    const { payload } = await book(input);

    expect(payload?.userErrors).toEqual([]);
    expect(await accepted()).toBe(before + 1);
  });
});

describe('a value of the wrong type is refused by GraphQL', () => {
  test.each([
    ['an infinite wait', '"waitSeconds": 1e400'],
    ['a wait in words', '"waitSeconds": "long"'],
    ['two and a half attempts', '"attempts": 2.5'],
    ['null for attempts', '"attempts": null'],
    ['a list of cars', '"car": ["a", "b"]'],
    ['an unknown field', '"boat": "b"'],
  ])('%s', async (_what, wrong) => {
    const query = 'mutation ($input: BookVacationInput!) { bookVacation(input: $input) { replayed } }';
    const input = `{ "name": "a", "car": "c", "hotel": "h", "flight": "f", ${wrong} }`;
    const response = await fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{ "query": ${JSON.stringify(query)}, "variables": { "input": ${input} } }`,
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    await expectNothingAccepted();
  });

  test('an infinite wait in the document itself is a user error', async () => {
    const { data } = await request<{ bookVacation: { userErrors: unknown } }, object>(
      api.url,
      parse(`mutation {
        bookVacation(input: { name: "a", car: "c", hotel: "h", flight: "f", waitSeconds: 1e400 }) {
          userErrors { field }
        }
      }`),
      {},
    );
    expect(data?.bookVacation.userErrors).toEqual([{ field: ['input', 'waitSeconds'] }]);
    await expectNothingAccepted();
  });
});

test('a refused request starts no workflow', async () => {
  // With a task queue that no test has used before.
  const database = await createTestDatabase();
  const others = await openSagaRoom({ database });
  const other = await startTestApi({ room: others });
  const client = clientOf(other);
  await client.book({ attempts: 0 });
  await client.book({ name: '' });
  const { booking } = await client.book({ waitSeconds: 30 });
  await other.stop();

  // Temporal's list lags: once it has the accepted booking, it has everything started before too.
  const started = async () => {
    const ids: string[] = [];
    const query = `TaskQueue = '${others.taskQueue}'`;
    for await (const { workflowId } of others.client.workflow.list({ query })) ids.push(workflowId);
    return ids;
  };
  await expect.poll(started).not.toEqual([]);
  expect(await started()).toEqual([booking?.id]);
  await others.close();
});
