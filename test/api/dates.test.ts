import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAttempts } from '../../src/database/attempts.js';
import { createWishes } from '../../src/database/wishes.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { serve, type TestApi } from './fixtures/api.js';
import { createFakeEngine } from './fixtures/fake-engine.js';
import { connect } from './fixtures/subscriptions.js';

let database: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  database = await createTestDatabase();
  const attempts = createAttempts(database.pool);
  api = await serve({ wishes: createWishes(database), engine: createFakeEngine(), attempts });
});
afterAll(async () => {
  await api.stop();
  await database.close();
});

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: object }[];
}

interface Request {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

async function overHttp(request: Request): Promise<Answer> {
  const response = await fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  return (await response.json()) as Answer;
}

async function overWebSocket({ query, variables = {} }: Request): Promise<Answer> {
  try {
    for await (const answer of connect(api.url.replace('http:', 'ws:')).iterate({ query, variables }))
      return answer as Answer;
    return {};
  } catch (errors) {
    return { errors: errors as NonNullable<Answer['errors']> };
  }
}

/** An argument's value in every place where a document or its variables can contain one. */
function requestsWith(argument: 'createdFrom' | 'createdBefore' | 'from' | 'to', value: unknown): Request[] {
  const instant = argument.startsWith('created');
  const [field, type, filter] = instant
    ? ['bookings(', 'DateTimeISO', 'BookingFilter']
    : ['offers(kind: CAR, ', 'LocalDate', 'OfferFilter'];
  const rest = '{ nodes { id } }';
  const literal = JSON.stringify(value);
  const given = { [argument]: value };
  const where = (text: string) =>
    instant ? `{ ${argument}: ${text} }` : `{ periods: [{ ${argument}: ${text} }] }`;
  return [
    { query: `{ ${field}filter: ${where(literal)}) ${rest} }` },
    { query: `query ($at: ${type} = ${literal}) { ${field}filter: ${where('$at')}) ${rest} }` },
    { query: `query ($at: ${type}) { ${field}filter: ${where('$at')}) ${rest} }`, variables: { at: value } },
    {
      query: `query ($filter: ${filter}) { ${field}filter: $filter) ${rest} }`,
      variables: { filter: instant ? given : { periods: [given] } },
    },
  ];
}

async function expectRefusal(request: Request, message: string): Promise<void> {
  const logged = api.log.length;
  for (const ask of [overHttp, overWebSocket]) {
    const { errors } = await ask(request);
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining(message) as unknown,
        extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) as unknown },
      }),
    ]);
  }
  expect(api.log.slice(logged)).toEqual([]);
}

describe('an invalid instant, or one outside the years 1 to 9999 (UTC), is refused with the format to use', () => {
  test.each([
    '9999-12-31T23:59:59-14:00',
    '9999-12-31T23:59:59.999-00:01',
    '0001-01-01T00:00:00+14:00',
    '0001-01-01T00:00:59.999+00:01',
    '10000-01-01T00:00:00Z',
    '+010000-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '0000-12-31T23:59:59.999Z',
    '2027-02-30T00:00:00Z',
    '2027-05-31T24:00:00Z',
    '2026-12-31T23:59:60Z',
    '2027-05-31',
    'infinity',
    '',
    5,
  ])('%s', async (instant) => {
    for (const argument of ['createdFrom', 'createdBefore'] as const) {
      for (const request of requestsWith(argument, instant))
        await expectRefusal(request, 'an instant in the years 1 to 9999 (UTC), such as 2027-05-31T10:00:00Z');
    }
  });
});

describe('an instant just within these years is accepted', () => {
  test.each([
    '0001-01-01T00:00:00Z',
    '0000-12-31T23:00:00-01:00',
    '9999-12-31T23:59:59.999Z',
    '9999-12-31T23:59:59.999999999Z',
    '2024-02-29t10:00:00z',
  ])('%s', async (instant) => {
    for (const request of [
      ...requestsWith('createdFrom', instant),
      ...requestsWith('createdBefore', instant),
    ]) {
      for (const ask of [overHttp, overWebSocket])
        expect(await ask(request)).toMatchObject({ data: { bookings: { nodes: [] } } });
    }
  });
});

describe('an invalid day, or one outside the years 1 to 9999, is refused with the format to use', () => {
  test.each(['0000-01-01', '0000-12-31', '10000-01-01', '+010000-01-01', '2027-02-30', '2027-5-31', '', 5])(
    '%s',
    async (day) => {
      for (const argument of ['from', 'to'] as const) {
        for (const request of requestsWith(argument, day))
          await expectRefusal(request, 'a day in the years 1 to 9999, such as 2027-05-31');
      }
    },
  );
});

test.each(['0001-01-01', '9999-12-31', '2024-02-29'])(
  'a day just within these years is accepted: %s',
  async (day) => {
    for (const request of requestsWith('to', day)) {
      for (const ask of [overHttp, overWebSocket])
        expect(await ask(request)).toMatchObject({ data: { offers: { nodes: [] } } });
    }
  },
);

test('null means no date and is accepted', async () => {
  for (const request of [...requestsWith('createdFrom', null), ...requestsWith('from', null)])
    expect((await overHttp(request)).errors).toBeUndefined();
});

describe('a cursor to such a moment is refused', () => {
  const cursorTo = (...position: string[]) => Buffer.from(JSON.stringify(position)).toString('base64url');

  test.each([
    '0000-01-01T00:00:00.000Z',
    '+010000-01-01T00:00:00.000Z',
    '10000-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.000-14:00',
    '2027-02-30T00:00:00.000Z',
    `2027-05-31T10:00:00.${'1'.repeat(200)}Z`,
    'infinity',
  ])('of bookings: %.40s', async (moment) => {
    const query = `{ bookings(after: "${cursorTo('NEWEST_FIRST', moment, 'a')}") { nodes { id } } }`;
    await expectRefusal({ query }, 'after is not a cursor of this list.');
  });

  test.each(['0000-01-01', '10000-01-01', '2027-02-30', '2027-05-31T10:00:00Z', 'infinity'])(
    'of offers: %s',
    async (day) => {
      const query = `{ offers(kind: CAR, after: "${cursorTo(day, 'a')}") { nodes { id } } }`;
      await expectRefusal({ query }, 'after is not a cursor of this list.');
    },
  );

  test.each(['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'])(
    'but one to %s is accepted',
    async (moment) => {
      const query = `{ bookings(after: "${cursorTo('NEWEST_FIRST', moment, 'a')}") { nodes { id } } }`;
      expect(await overHttp({ query })).toMatchObject({ data: { bookings: { nodes: [] } } });
    },
  );
});
