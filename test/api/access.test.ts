import { randomUUID } from 'node:crypto';
import {
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isLeafType,
  isObjectType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ACCESS } from '../../src/api/access/access-table.js';
import { guard } from '../../src/api/access/guard.js';
import { createSchema } from '../../src/api/server/schema.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import { bearer, TEST_AUTH, tokenFor } from '../support/tokens.js';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { connect } from './fixtures/subscriptions.js';

/** Who may see and do what. The walk fails for a field that the table here or the access table doesn't have. */

const CALLERS = ['anonymous', 'owner', 'stranger', 'operator'] as const;
type CallerName = (typeof CALLERS)[number];

let room: SagaRoom;
let api: TestApi;
let schema: GraphQLSchema;
const ask = vi.fn<SagaRoom['engine']['ask']>();
const headers: Record<CallerName, Readonly<Record<string, string>>> = {} as never;

beforeAll(async () => {
  room = await openSagaRoom();
  ask.mockImplementation((id) => room.engine.ask(id));
  api = await startTestApi({
    room,
    auth: TEST_AUTH,
    temporalUiUrl: 'http://temporal.test',
    parts: { engine: { ...room.engine, ask } },
  });
  schema = await createSchema({} as never);
  headers.anonymous = {};
  headers.owner = bearer(await tokenFor('owner'));
  headers.stranger = bearer(await tokenFor('stranger'));
  headers.operator = bearer(await tokenFor('olga', { roles: ['operator'] }));
});
afterAll(async () => {
  await api.stop();
  await room.close();
});

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

async function send(caller: CallerName, query: string, variables: object = {}): Promise<Answer> {
  const response = await fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers[caller] },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

async function subscribe(caller: CallerName, query: string, variables: object = {}): Promise<Answer> {
  const client = connect(api.url.replace('http:', 'ws:'), {}, headers[caller]);
  try {
    for await (const answer of client.iterate({ query, variables: { ...variables } }))
      return answer as Answer;
    throw new Error('The subscription ended without a result.');
  } catch (errors) {
    return { errors: errors as NonNullable<Answer['errors']> };
  } finally {
    await client.dispose();
  }
}

const choice = (more: object = {}) => ({
  name: 'Ada Lovelace',
  car: 'valid-car-id',
  hotel: 'valid-hotel-down-0',
  flight: 'valid-flight-id',
  ...more,
});

const BOOK = `mutation ($input: BookVacationInput!) {
  bookVacation(input: $input) { replayed booking { id status } userErrors { code } }
}`;

/** A booking of the owner's, made through the API. */
async function book(more: object = {}, caller: CallerName = 'owner'): Promise<RoomTrip> {
  const { data } = await send(caller, BOOK, { input: choice(more) });
  return room.trip((data?.['bookVacation'] as { booking: { id: string } }).booking.id);
}

/** Selects everything below a type. Bookings contain no bookings, so this ends. */
function selectionOf(type: GraphQLObjectType): string {
  const fields = Object.values(type.getFields()).map((field) => {
    const inner = getNamedType(field.type);
    if (isLeafType(inner)) return field.name;
    if (isObjectType(inner)) return `${field.name} ${selectionOf(inner)}`;
    const possible = isAbstractType(inner) ? schema.getPossibleTypes(inner) : [];
    // Types of one union may have fields of one name and other types.
    return `${field.name} { ${possible.map((one) => `... on ${one.name} ${selectionOf(one)}`).join(' ')} }`;
  });
  return `{ ${fields.join(' ')} }`;
}

function operationFor(kind: 'query' | 'mutation' | 'subscription', fieldName: string, args: string): string {
  const root = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  };
  const type = getNamedType(root[kind]!.getFields()[fieldName]!.type) as GraphQLObjectType;
  return `${kind} { ${fieldName}${args} ${selectionOf(type)} }`;
}

type Outcome = 'answered' | 'null' | 'unknown' | 'UNAUTHENTICATED' | 'FORBIDDEN';

const EVERYONE = {
  anonymous: 'answered',
  owner: 'answered',
  stranger: 'answered',
  operator: 'answered',
} as const;
const NOBODY = { anonymous: 'null', owner: 'null', stranger: 'null', operator: 'null' } as const;
const OPERATORS = {
  anonymous: 'UNAUTHENTICATED',
  owner: 'FORBIDDEN',
  stranger: 'FORBIDDEN',
  operator: 'answered',
} as const;
const ALL_WITH_TOKEN = { ...EVERYONE, anonymous: 'UNAUTHENTICATED' } as const;

interface Expected {
  readonly args: (id: string) => string;
  readonly outcomes: Readonly<Record<CallerName, Outcome>>;
}

/** What each caller gets, if the booking is the owner's. */
const EXPECTED: Readonly<Record<string, Expected>> = {
  'query viewer': { args: () => '', outcomes: { ...EVERYONE, anonymous: 'null' } },
  'query offers': { args: () => '(kind: HOTEL)', outcomes: EVERYONE },
  'query quoteTrip': {
    args: () => '(input: { legs: [{ kind: CAR, offerId: "nowhere" }] })',
    outcomes: EVERYONE,
  },
  'query offer': { args: () => '(id: "nowhere")', outcomes: NOBODY },
  'query packages': { args: () => '(place: "Lisbon")', outcomes: EVERYONE },
  'query places': { args: () => '', outcomes: EVERYONE },
  'query health': { args: () => '', outcomes: OPERATORS },
  'query bookings': { args: () => '', outcomes: ALL_WITH_TOKEN },
  'query booking': {
    args: (id) => `(id: "${id}")`,
    outcomes: { anonymous: 'UNAUTHENTICATED', owner: 'answered', stranger: 'null', operator: 'answered' },
  },
  'mutation bookVacation': {
    args: () =>
      '(input: { name: "Ada", car: "valid-car-id", hotel: "valid-hotel-down-0", flight: "valid-flight-id" })',
    outcomes: ALL_WITH_TOKEN,
  },
  'mutation bookTrip': {
    args: () => '(input: { name: "Ada", legs: [{ kind: TRANSFER, offerId: "t" }] })',
    outcomes: ALL_WITH_TOKEN,
  },
  'mutation cancelBooking': {
    args: (id) => `(input: { id: "${id}" })`,
    outcomes: { anonymous: 'UNAUTHENTICATED', owner: 'answered', stranger: 'unknown', operator: 'answered' },
  },
  'mutation retryUndo': { args: (id) => `(input: { id: "${id}", leg: CAR })`, outcomes: OPERATORS },
  'mutation settleUndo': {
    args: (id) => `(input: { id: "${id}", leg: CAR, note: "by hand" })`,
    outcomes: OPERATORS,
  },
  'mutation resumeBooking': { args: (id) => `(input: { id: "${id}" })`, outcomes: OPERATORS },
  'subscription bookingUpdated': {
    args: (id) => `(id: "${id}")`,
    outcomes: { anonymous: 'UNAUTHENTICATED', owner: 'answered', stranger: 'unknown', operator: 'answered' },
  },
};

function outcomeOf({ data, errors }: Answer, field: string): string {
  if (errors) {
    const code = String(errors[0]?.extensions['code']);
    return code === 'BOOKING_NOT_FOUND' ? 'unknown' : code;
  }
  const value = data?.[field];
  if (value === null || value === undefined) return 'null';
  const { userErrors = [] } = value as { userErrors?: readonly { code: string }[] };
  return userErrors[0]?.code === 'BOOKING_NOT_FOUND' ? 'unknown' : 'answered';
}

const rootFields = (): string[] =>
  (['Query', 'Mutation', 'Subscription'] as const).flatMap((type) =>
    Object.keys((schema.getType(type) as GraphQLObjectType).getFields()).map(
      (field) => `${type.toLowerCase()} ${field}`,
    ),
  );

describe('the access table', () => {
  test('names every field of every type, and no others', () => {
    const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type) && !type.name.startsWith('__')
        ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
        : [],
    );
    const named = Object.entries(ACCESS).flatMap(([type, rows]) =>
      Object.keys(rows).map((field) => `${type}.${field}`),
    );
    expect(named.sort()).toEqual(fields.sort());
  });

  test('keeps the API from starting if a field is missing', async () => {
    const larger = await createSchema({} as never);
    const booking = larger.getType('Booking') as GraphQLObjectType;
    booking.getFields()['price'] = { ...booking.getFields()['id']!, name: 'price' };
    expect(() => guard(larger)).toThrow(/Booking\.price/);
  });
});

describe('every operation, as every caller', () => {
  test('is expected here', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(rootFields().sort());
  });

  const walk = Object.entries(EXPECTED).flatMap(([operation, { args, outcomes }]) =>
    CALLERS.map((caller) => ({ operation, caller, args, outcome: outcomes[caller] })),
  );
  test.each(walk)('$operation: $caller gets $outcome', async ({ operation, caller, args, outcome }) => {
    const [kind, field] = operation.split(' ') as ['query' | 'mutation' | 'subscription', string];
    const trip = await book();
    const before = await trip.end();
    const query = operationFor(kind, field, args(trip.id));
    const answer = await (kind === 'subscription' ? subscribe : send)(caller, query);
    expect(outcomeOf(answer, field), JSON.stringify(answer)).toBe(outcome);
    if (caller !== 'operator' && kind !== 'query') {
      expect(JSON.stringify(answer)).not.toContain('temporal.test');
    }
    if (outcome !== 'answered') expect(await trip.record()).toEqual(before);
  });
});

describe('a field for operators', () => {
  test.each([
    ['owner', null],
    ['operator', expect.stringContaining('http://temporal.test') as unknown],
  ] as const)('Booking.temporalUrl: %s gets %s', async (caller, url) => {
    const { id } = await book();
    const { data } = await send(caller, 'query ($id: ID!) { booking(id: $id) { id temporalUrl } }', { id });
    expect(data).toEqual({ booking: { id, temporalUrl: url } });
  });
});

describe('somebody else’s booking is exactly like an unknown one', () => {
  const QUERY = 'query ($id: ID!) { booking(id: $id) { id } }';
  const CANCEL =
    'mutation ($id: ID!) { cancelBooking(input: { id: $id, reason: "x" }) { booking { id } userErrors { code message field } } }';
  const FOLLOW = 'subscription ($id: ID!) { bookingUpdated(id: $id) { id } }';

  /** Without what differs between any two requests. */
  const comparable = (answer: Answer, id: string) =>
    JSON.parse(
      JSON.stringify(answer)
        .replaceAll(id, '<id>')
        .replace(/"requestId":"[^"]+"/g, '"requestId":""'),
    ) as unknown;

  test.each([
    ['a query', send, QUERY],
    ['a cancel', send, CANCEL],
    ['a subscription', subscribe, FOLLOW],
  ] as const)('to %s, also while it is under way', async (_what, by, document) => {
    const offerId = `held-${randomUUID()}`;
    const hotel = room.holdUp('reserve', offerId);
    const trip = await book({ hotel: offerId });
    await hotel.arrived;
    ask.mockClear();
    const others = await by('stranger', document, { id: trip.id });
    const unknown = `trip-${'9'.repeat(16)}`;
    expect(comparable(others, trip.id)).toEqual(
      comparable(await by('stranger', document, { id: unknown }), unknown),
    );
    // Asking Temporal takes time, which a caller could measure.
    expect(ask).not.toHaveBeenCalled();
    expect((await trip.record()).callOff).toBeUndefined();
    hotel.letGo();
    expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
  });

  test('to a key: one that another caller used is free', async () => {
    const idempotencyKey = randomUUID();
    const first = await send('owner', BOOK, { input: choice({ idempotencyKey }) });
    const other = await send('stranger', BOOK, { input: choice({ idempotencyKey, name: 'Someone Else' }) });
    expect(other).toMatchObject({ data: { bookVacation: { replayed: false, userErrors: [] } } });
    const again = await send('owner', BOOK, { input: choice({ idempotencyKey }) });
    expect(again).toMatchObject({ data: { bookVacation: { replayed: true } } });
    const idOf = ({ data }: Answer) => (data?.['bookVacation'] as { booking: { id: string } }).booking.id;
    expect(idOf(again)).toBe(idOf(first));
    expect(idOf(other)).not.toBe(idOf(first));
  });

  test('to a list, whatever its filter and cursor', async () => {
    const name = `Listed ${randomUUID()}`;
    const mine = await book({ name });
    const theirs = await book({ name }, 'stranger');
    const LIST = `query ($after: String, $filter: BookingFilter) {
      bookings(first: 1, after: $after, filter: $filter) { nodes { id } pageInfo { endCursor hasNextPage } }
    }`;
    const idsOf = async (caller: CallerName, filter: object) => {
      const { data } = await send(caller, LIST.replace('first: 1', 'first: 100'), {
        filter: { text: name, ...filter },
      });
      return (data?.['bookings'] as { nodes: { id: string }[] }).nodes.map(({ id }) => id);
    };
    expect(await idsOf('owner', {})).toEqual([mine.id]);
    expect(await idsOf('stranger', {})).toEqual([theirs.id]);
    expect(await idsOf('operator', {})).toEqual([theirs.id, mine.id]);
    expect(await idsOf('operator', { owner: 'owner' })).toEqual([mine.id]);
    for (const owner of ['stranger', 'owner']) {
      expect(await send('owner', LIST, { filter: { owner } })).toMatchObject({
        errors: [{ extensions: { code: 'FORBIDDEN' } }],
      });
    }
    const { data } = await send('operator', LIST, { filter: { text: name } });
    const { endCursor } = (data?.['bookings'] as { pageInfo: { endCursor: string } }).pageInfo;
    expect(await send('owner', LIST, { filter: { text: name }, after: endCursor })).toMatchObject({
      data: { bookings: { nodes: [{ id: mine.id }], pageInfo: { hasNextPage: false } } },
    });
  });
});

test('without authentication everyone may do everything, and owns what was booked', async () => {
  const open = await startTestApi({ room });
  const answer = await fetch(open.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer of nothing' },
    body: JSON.stringify({ query: '{ viewer { subject roles } bookings { nodes { id } } }' }),
  });
  expect(await answer.json()).toMatchObject({
    data: { viewer: { subject: 'anonymous', roles: ['operator'] } },
  });
  await open.stop();
});

test('no input type has a field for operators but the owner filter', () => {
  // A new one needs its own check, and a test here.
  const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType);
  const names = inputs.flatMap((type) =>
    Object.keys(type.getFields()).map((field) => `${type.name}.${field}`),
  );
  expect(names.filter((name) => /owner|subject|role/i.test(name))).toEqual(['BookingFilter.owner']);
});
