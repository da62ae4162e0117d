import { readFileSync } from 'node:fs';
import { buildSchema, getIntrospectionQuery, getOperationAST, GraphQLError, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createCostOf, REQUEST_COST } from '../../src/api/limits/cost.js';
import { API_SETTINGS } from '../../src/config/api-config.js';

const sdl = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const costOf = createCostOf(buildSchema(sdl('schema.graphql')));

function cost(query: string, variables: Record<string, unknown> = {}, operationName?: string) {
  const document = parse(query);
  const operation = getOperationAST(document, operationName)!;
  return costOf({ document, operation, variables });
}

/** What the fields cost beyond the request and its first read. */
const beyondRead = (query: string, variables?: Record<string, unknown>) =>
  cost(query, variables)! - REQUEST_COST - 500;

const DEFAULT_MAX = Number(API_SETTINGS.maxCost.fallback);

describe('a cost', () => {
  test('is that of every field, after the first read', () => {
    expect(beyondRead('{ booking(id: "x") { id status } }')).toBe(2);
    expect(beyondRead('{ booking(id: "x") { failure { code message } } }')).toBe(3);
    expect(cost('{ __typename }')).toBe(REQUEST_COST + 1);
  });

  test('is more for a mutation', () => {
    expect(cost('mutation { cancelBooking(input: { id: "x" }) { booking { id } } }')).toBe(
      REQUEST_COST + 2002,
    );
  });

  test('multiplies what is in a page by its size, in nodes and in edges', () => {
    expect(beyondRead('{ bookings(first: 50) { nodes { id } } }')).toBe(50 * 2);
    expect(beyondRead('{ bookings(first: 50) { edges { cursor node { id } } } }')).toBe(50 * 4);
    expect(beyondRead('{ bookings { nodes { id } } }')).toBe(20 * 2);
  });

  test('counts ten entries in any other list', () => {
    expect(beyondRead('{ booking(id: "x") { timeline { at } } }')).toBe(1 + 10);
    expect(beyondRead('{ bookings(first: 100) { nodes { timeline { at } } } }')).toBe(100 * (1 + 1 + 10));
  });

  test('counts five legs and one given-up offer, as most trips have no more', () => {
    expect(beyondRead('{ booking(id: "x") { legs { id tried { code } } } }')).toBe(1 + 5 * (1 + 1 + 1));
  });

  test('counts the three legs of a package', () => {
    expect(beyondRead('{ packages(place: "x", first: 30) { nodes { legs { quantity } } } }')).toBe(
      30 * (1 + 1 + 3),
    );
  });

  test('takes page sizes from variables, and from their defaults', () => {
    const query = 'query ($n: Int = 30) { bookings(first: $n) { nodes { id } } }';
    expect(beyondRead(query, { n: 70 })).toBe(140);
    expect(beyondRead(query)).toBe(60);
  });

  test('is that of the greatest page if a larger one is asked for, which is refused anyway', () => {
    expect(beyondRead('{ bookings(first: 2147483647) { nodes { id } } }')).toBe(200);
    expect(beyondRead('{ bookings(first: -5) { nodes { id } } }')).toBe(2);
  });

  test('counts aliases and fragments as often as they are used', () => {
    expect(cost('{ a: booking(id: "x") { id } b: booking(id: "y") { id } }')).toBe(REQUEST_COST + 1002);
    const fragment = 'fragment F on Booking { id status }';
    expect(beyondRead(`{ booking(id: "x") { ...F ... on Booking { ...F } } } ${fragment}`)).toBe(4);
    expect(
      cost(`{ ...Q } fragment Q on Query { ...R } fragment R on Query { booking(id: "x") { id } }`),
    ).toBe(REQUEST_COST + 501);
  });

  test('leaves out what @skip and @include leave out', () => {
    const query =
      'query ($no: Boolean!) { booking(id: "x") { id @include(if: $no) ... @skip(if: true) { status } } }';
    expect(beyondRead(query, { no: false })).toBe(0);
    expect(beyondRead(query, { no: true })).toBe(1);
  });

  test('is that of the operation that is executed', () => {
    const query = 'query A { booking(id: "x") { id } } query B { __typename }';
    expect(cost(query, {}, 'A')).toBe(REQUEST_COST + 501);
    expect(cost(query, {}, 'B')).toBe(REQUEST_COST + 1);
  });

  test('multiplies pages in pages', () => {
    const schema = buildSchema(`
      type Query { all(first: Int): PageConnection }
      type PageConnection { nodes: [Page] }
      type Page { id: ID, inner(first: Int): PageConnection }`);
    const document = parse(
      '{ all(first: 100) { nodes { inner(first: 100) { nodes { inner(first: 100) { nodes { id } } } } } } }',
    );
    const operation = getOperationAST(document)!;
    expect(createCostOf(schema)({ document, operation, variables: {} })).toBeGreaterThan(1_000_000);
  });

  test('is infinite for fragments that multiply each other', () => {
    const fragments = Array.from(
      { length: 40 },
      (_, index) => `fragment F${index} on Booking { ...F${index + 1} ...F${index + 1} }`,
    );
    const query = `{ booking(id: "x") { ...F0 } } ${fragments.join(' ')} fragment F40 on Booking { id }`;
    expect(cost(query)).toBe(Infinity);
  });
});

describe('an invalid request', () => {
  test('has no cost if execution refuses its variables', () => {
    expect(cost('query ($id: ID!) { booking(id: $id) { id } }')).toBeUndefined();
    expect(cost('query ($id: ID!) { booking(id: $id) { id } }', { id: {} })).toBeUndefined();
  });

  test('is refused as a whole if only an argument is wrong, because its other fields would be executed', () => {
    const query =
      'query ($id: ID = "x") { booking(id: $id) { id } b: bookings(first: 100) { nodes { id } } }';
    expect(() => cost(query, { id: null })).toThrow(GraphQLError);
    expect(() => cost(query, { id: null })).toThrow(
      expect.objectContaining({
        extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) as unknown,
      }) as Error,
    );
  });
});

describe('the default of MAX_COST', () => {
  const operations = sdl('src/client/booking.graphql');

  test('leaves room for a page of a hundred whole bookings', () => {
    expect(cost(operations, { first: 100 }, 'Bookings')).toBeLessThan(DEFAULT_MAX * 0.75);
  });

  test('leaves room for introspection', () => {
    expect(cost(getIntrospectionQuery())).toBe(REQUEST_COST + 1000);
  });

  test('leaves ample room for everything else that the page asks for', () => {
    const trip = { name: 'a', car: 'c', hotel: 'h', flight: 'f' };
    for (const [name, variables] of Object.entries({
      BookVacation: { input: trip },
      BookTrip: { input: { name: 'a', legs: [{ kind: 'CAR', offerId: 'c' }] } },
      CancelBooking: { input: { id: 'x' } },
      RetryUndo: { input: { id: 'x' } },
      SettleUndo: { input: { id: 'x', note: 'n' } },
      ResumeBooking: { input: { id: 'x' } },
      Booking: { id: 'x' },
      BookingUpdated: { id: 'x' },
      Offers: { kind: 'CAR', first: 100 },
      Bookings: { first: 20 },
    })) {
      expect(cost(operations, variables, name), name).toBeLessThan(DEFAULT_MAX / 5);
    }
  });

  const times = (count: number, field: string) =>
    Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');
  test.each([
    [
      'fourteen lists with 290 timelines of each booking',
      `{ ${times(14, 'bookings(first: 100) { nodes { ...T } }')} }
       fragment T on Booking { ${times(290, 'timeline { at }')} }`,
    ],
    ['ninety bookings', `{ ${times(90, 'booking(id: "x") { timeline { at } }')} }`],
    [
      '165 trips',
      `mutation { ${times(165, 'bookVacation(input: { name: "a", car: "c", hotel: "h", flight: "f" }) { replayed }')} }`,
    ],
  ])('is exceeded by %s', (_what, query) => {
    expect(cost(query)).toBeGreaterThan(DEFAULT_MAX);
  });
});
