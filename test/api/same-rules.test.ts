import type { SubscribePayload } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DatabaseUnavailable } from '../../src/model/service-unavailable.js';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { createFakeEngine } from './fixtures/fake-engine.js';
import { connect } from './fixtures/subscriptions.js';

const finders: Readonly<Record<string, () => Promise<undefined>>> = {
  unknown: async () => undefined,
  unavailable: async () => Promise.reject(new DatabaseUnavailable()),
  broken: async () => Promise.reject(new Error('password "hunter2" refused')),
};
const parts = {
  wishes: {
    find: async (id: string) => finders[id]?.(),
  } as never,
  engine: createFakeEngine(),
};

const apis: Record<'development' | 'production', TestApi> = {} as never;
beforeAll(async () => {
  apis.development = await startTestApi({ parts });
  apis.production = await startTestApi({ parts, production: true });
});
afterAll(() => Promise.all(Object.values(apis).map((api) => api.stop())));

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions: { readonly requestId?: string } }[];
  readonly extensions?: { readonly cost: { readonly requested: number } };
}

async function overHttp({ url }: TestApi, payload: SubscribePayload): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
  });
  return (await response.json()) as Answer;
}

async function overWebSocket({ url }: TestApi, payload: SubscribePayload): Promise<Answer> {
  try {
    for await (const answer of connect(url.replace('http:', 'ws:')).iterate(payload)) return answer as Answer;
    throw new Error('The subscription ended without a result.');
  } catch (errors) {
    return { errors: errors as NonNullable<Answer['errors']> };
  }
}

/** Blanks the request ids, which must be present. Key order doesn't count: GraphQL doesn't define that of a response's parts. */
function comparable({ data = null, errors = [], extensions }: Answer) {
  for (const { extensions } of errors) expect(extensions.requestId).toBeTypeOf('string');
  return {
    data,
    errors: errors.map((error) => ({ ...error, extensions: { ...error.extensions, requestId: '' } })),
    extensions,
  };
}

const BOOKING = 'query ($id: ID!) { booking(id: $id) { id } }';

/** The field under as many aliases. */
const times = (count: number, field: string) =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');

const OPERATIONS: readonly (readonly [string, SubscribePayload])[] = [
  ['that is answered', { query: BOOKING, variables: { id: 'unknown' } }],
  ['while the database is unavailable', { query: BOOKING, variables: { id: 'unavailable' } }],
  ['that meets a bug', { query: BOOKING, variables: { id: 'broken' } }],
  ['that is no GraphQL', { query: 'query {\n  oops(' }],
  ['of too many tokens', { query: `{ ${'a: __typename '.repeat(1000)} }` }],
  ['that asks for an unknown field', { query: '{ bookin(id: "x") { id } }' }],
  ['that gives an unknown argument', { query: '{ booking(idd: "x") { id } }' }],
  ['that asks for the schema', { query: '{ __schema { queryType { name } } }' }],
  ['that asks for a type', { query: '{ __type(name: "Booking") { name } }' }],
  ['of two, without an operation name', { query: 'query A { __typename } query B { __typename }' }],
  ['with an unknown operation name', { query: 'query A { __typename }', operationName: 'B' }],
  ['without an operation', { query: 'fragment F on Booking { id }' }],
  ['without its variable', { query: BOOKING }],
  ['with a variable of the wrong type', { query: BOOKING, variables: { id: {} } }],
  [
    'with a misspelt value',
    {
      query: 'query ($kind: LegKind!) { offers(kind: $kind) { nodes { id } } }',
      variables: { kind: 'HOTELL' },
    },
  ],
  [
    'with a misspelt field in a variable',
    {
      query: 'query ($filter: BookingFilter) { bookings(filter: $filter) { nodes { id } } }',
      variables: { filter: { staus: 'CONFIRMED' } },
    },
  ],
  ['with a misspelt literal', { query: '{ offers(kind: HOTELL) { nodes { id } } }' }],
  [
    'with a literal that is not a day',
    { query: '{ offers(kind: CAR, filter: { periods: [{ from: "never" }] }) { nodes { id } } }' },
  ],
  [
    'with null for a variable with a default',
    {
      query: 'query ($first: Int = 5) { bookings(first: $first) { nodes { id } } }',
      variables: { first: null },
    },
  ],
  ['of a page that is too long', { query: '{ bookings(first: 101) { nodes { id } } }' }],
  [
    'that is too expensive',
    { query: `{ bookings(first: 100) { nodes { ${times(50, 'timeline { at }')} } } }` },
  ],
  ['that is too deep', { query: `{ ${'booking(id: "x") { '.repeat(9)} id ${'} '.repeat(9)} }` }],
  ['of too many aliases', { query: `{ ${times(51, '__typename')} }` }],
  ['of too many directives', { query: `{ __typename ${'@include(if: true) '.repeat(51)} }` }],
  [
    'of too many mutations',
    { query: `mutation { ${times(6, 'cancelBooking(input: { id: "x" }) { __typename }')} }` },
  ],
];

describe.each(['development', 'production'] as const)(
  'in %s, HTTP and WebSocket give the same answers',
  (name) => {
    test.each(OPERATIONS)('an operation %s', async (_what, payload) => {
      const [http, socket] = await Promise.all([
        overHttp(apis[name], payload),
        overWebSocket(apis[name], payload),
      ]);
      expect(comparable(socket)).toEqual(comparable(http));
      expect(JSON.stringify(http)).not.toContain('hunter2');
      if (name === 'production') expect(JSON.stringify(http)).not.toContain('Did you mean');
    });
  },
);
