import { graphql } from 'graphql';
import { buildSchema } from 'type-graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InvalidQuery } from '../../src/api/shared/errors.js';
import { createListOffers, OffersResolver } from '../../src/api/trips/offers.resolver.js';
import { createOfferCatalogue } from '../../src/database/offer-catalogue.js';
import { seedOffers } from '../../src/database/seed.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedOffers(database.pool);
});
afterAll(() => database.close());

interface Offers {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: Readonly<Record<string, unknown>> & { readonly endCursor: string | null };
}

async function ask(variableValues: Readonly<Record<string, unknown>>) {
  const resolver = new OffersResolver(createListOffers(createOfferCatalogue(database.drizzle)));
  const schema = await buildSchema({ resolvers: [OffersResolver], container: { get: () => resolver } });
  const source = `
    query ($kind: LegKind!, $first: Int! = 20, $after: String, $filter: OfferFilter) {
      offers(kind: $kind, first: $first, after: $after, filter: $filter) {
        edges { cursor node { id } }
        nodes { id kind title place from to price { amount currency } available }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`;
  const { data, errors } = await graphql({ schema, source, variableValues });
  return { offers: data?.['offers'] as Offers | undefined, errors };
}

test('an offer has all its fields', async () => {
  const filter = { place: 'zurich', from: '2027-06-01', to: '2027-06-30', maxPrice: '500' };
  const { offers, errors } = await ask({ kind: 'CAR', filter });
  expect(errors).toBeUndefined();
  expect(offers?.nodes).toEqual([
    {
      id: 'car-zurich-estate',
      kind: 'CAR',
      title: 'Estate car, four-wheel drive',
      place: 'Zurich',
      from: '2027-06-05',
      to: '2027-06-12',
      price: { amount: '498.00', currency: 'CHF' },
      available: 6,
    },
  ]);
});

test('following the cursors returns every offer once, and ends', async () => {
  const all = (await ask({ kind: 'HOTEL', first: 100 })).offers;
  const seen: string[] = [];
  let after: string | null = null;
  for (let more: unknown = true; more;) {
    const { offers } = await ask({ kind: 'HOTEL', first: 5, after });
    seen.push(...(offers?.edges.map(({ node }) => node.id) ?? []));
    const edges = offers?.edges ?? [];
    expect(offers?.pageInfo).toMatchObject({
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor,
      endCursor: edges.at(-1)?.cursor,
    });
    after = offers?.pageInfo.endCursor ?? null;
    more = offers?.pageInfo['hasNextPage'];
  }
  expect(seen).toEqual(all?.nodes.map(({ id }) => id));
  expect(seen.length).toBeGreaterThan(10);
});

test('the page is empty if nothing matches', async () => {
  const { offers, errors } = await ask({ kind: 'CAR', filter: { place: 'Atlantis' } });
  expect(errors).toBeUndefined();
  expect(offers).toEqual({
    edges: [],
    nodes: [],
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  });
});

test('a null filter is the same as an omitted one', async () => {
  const all = await ask({ kind: 'FLIGHT' });
  const nulls = { place: null, from: null, to: null, maxPrice: null };
  expect(await ask({ kind: 'FLIGHT', after: null, filter: null })).toEqual(all);
  expect(await ask({ kind: 'FLIGHT', filter: nulls })).toEqual(all);
});

const cursor = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');

test.each([
  ['no offers at all', { first: 0 }, 'first must be between 1 and 100.'],
  ['too many at once', { first: 101 }, 'first must be between 1 and 100.'],
  ['a made-up cursor', { after: 'car-lisbon' }, 'after is not a cursor of this list.'],
  ['an empty cursor', { after: '' }, 'after is not a cursor of this list.'],
  [
    'a cursor with an invalid id',
    { after: cursor(['2027-02-01', 'a\0']) },
    'after is not a cursor of this list.',
  ],
  ['a cursor of another list', { after: cursor(['2027-02-01']) }, 'after is not a cursor of this list.'],
  ['a blank place', { filter: { place: ' ' } }, 'place must not be empty.'],
  [
    'a place with control characters',
    { filter: { place: '\0' } },
    'place must not contain a control character (U+0000, at position 1).',
  ],
  ['days in reverse', { filter: { from: '2027-05-02', to: '2027-05-01' } }, 'from must not be after to.'],
  [
    'a price in words',
    { filter: { maxPrice: 'cheap' } },
    'maxPrice must be a decimal number such as 249.90.',
  ],
  ['a negative price', { filter: { maxPrice: '-1' } }, 'maxPrice must be a decimal number such as 249.90.'],
  [
    'a price with a currency',
    { filter: { maxPrice: '1e3' } },
    'maxPrice must be a decimal number such as 249.90.',
  ],
])('a request for %s gets an error that says what is wrong', async (_, variables, message) => {
  const { errors } = await ask({ kind: 'CAR', ...variables });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.originalError).toBeInstanceOf(InvalidQuery);
  expect(errors?.[0]?.message).toBe(message);
});

test('all errors are reported at once', async () => {
  const { errors } = await ask({ kind: 'CAR', first: 0, filter: { maxPrice: 'x' } });
  expect(errors?.[0]?.message).toBe(
    'first must be between 1 and 100. maxPrice must be a decimal number such as 249.90.',
  );
});
