import 'reflect-metadata';
import { graphql } from 'graphql';
import { buildSchema } from 'type-graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InvalidQuery } from '../../src/api/shared/errors.js';
import { MoneyResolver } from '../../src/api/shared/money.resolver.js';
import { createListPackages, PackagesResolver } from '../../src/api/trips/packages.resolver.js';
import { createPackageCatalogue } from '../../src/database/packages.js';
import { offers } from '../../src/database/tables.js';
import { anOffer, aStay } from '../support/stays.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const hotels = [30, 10, 11].map((nth) =>
    anOffer({
      id: `hotel-${nth}`,
      kind: 'HOTEL',
      priceMinor: Math.floor(nth / 10) * 1000,
      travellersPerUnit: 2,
    }),
  );
  const inTokyo = { place: 'Tokyo', currency: 'JPY', startsOn: '2999-02-26', endsOn: '2999-03-05' };
  await database.drizzle
    .insert(offers)
    .values([...aStay('lisbon'), ...hotels, ...aStay('tokyo', { ...inTokyo, priceMinor: 38_500 })]);
});
afterAll(() => database.close());

interface Packages {
  readonly edges: readonly { readonly cursor: string }[];
  readonly nodes: readonly { readonly legs: readonly { readonly offer: { readonly id: string } }[] }[];
  readonly pageInfo: Readonly<Record<string, unknown>> & { readonly endCursor: string | null };
}

async function ask(variableValues: Readonly<Record<string, unknown>>) {
  const packages = new PackagesResolver(createListPackages(createPackageCatalogue(database.drizzle)));
  const money = new MoneyResolver();
  const schema = await buildSchema({
    resolvers: [PackagesResolver, MoneyResolver],
    container: { get: (resolver) => (resolver === MoneyResolver ? money : packages) },
  });
  const source = `
    query ($place: String!, $from: LocalDate, $to: LocalDate, $travellers: Int! = 1, $first: Int! = 20, $after: String) {
      packages(place: $place, from: $from, to: $to, travellers: $travellers, first: $first, after: $after) {
        edges { cursor node { place } }
        nodes {
          place from to nights
          total { amount currency }
          legs { offer { id kind available } quantity price { amount currency } }
        }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`;
  const { data, errors } = await graphql({ schema, source, variableValues });
  return { packages: data?.['packages'] as Packages | undefined, errors };
}

const hotelsOf = (packages: Packages | undefined) => packages?.nodes.map(({ legs }) => legs[1]?.offer.id);

test('a package has all its fields, in the order of a trip', async () => {
  const { packages, errors } = await ask({ place: 'tokyo', travellers: 2 });
  expect(errors).toBeUndefined();
  const leg = (kind: string) => ({
    offer: { id: `${kind.toLowerCase()}-tokyo`, kind, available: 5 },
    quantity: 2,
    price: { amount: '77000', currency: 'JPY' },
  });
  expect(packages?.nodes).toEqual([
    {
      place: 'Tokyo',
      from: '2999-02-26',
      to: '2999-03-05',
      nights: 7,
      total: { amount: '231000', currency: 'JPY' },
      legs: [leg('CAR'), leg('HOTEL'), leg('FLIGHT')],
    },
  ]);
});

test('following the cursors returns every package once, cheapest first, and ends', async () => {
  const all = (await ask({ place: 'Lisbon' })).packages;
  expect(hotelsOf(all)).toEqual(['hotel-lisbon', 'hotel-10', 'hotel-11', 'hotel-30']);
  const seen: unknown[] = [];
  let after: string | null = null;
  for (let more: unknown = true; more;) {
    const { packages } = await ask({ place: 'Lisbon', first: 1, after });
    seen.push(...(packages?.nodes ?? []));
    const edges = packages?.edges ?? [];
    expect(packages?.pageInfo).toMatchObject({
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor,
      endCursor: edges.at(-1)?.cursor,
    });
    after = packages?.pageInfo.endCursor ?? null;
    more = packages?.pageInfo['hasNextPage'];
  }
  expect(seen).toEqual(all?.nodes);
});

test('only packages whose days are all in the period are returned', async () => {
  const days = (from: string | null, to: string | null) => ask({ place: 'Lisbon', from, to });
  expect((await days('2999-05-01', '2999-05-08')).packages?.nodes).toHaveLength(4);
  expect((await days(null, null)).packages?.nodes).toHaveLength(4);
  expect((await days('2999-05-02', null)).packages?.nodes).toEqual([]);
  expect((await days(null, '2999-05-07')).packages?.nodes).toEqual([]);
});

test('the page is empty if nothing fits together', async () => {
  const { packages, errors } = await ask({ place: 'Atlantis', travellers: 1000 });
  expect(errors).toBeUndefined();
  expect(packages).toEqual({
    edges: [],
    nodes: [],
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  });
});

const cursor = (...content: unknown[]) => Buffer.from(JSON.stringify(content)).toString('base64url');
const NO_CURSOR = 'after is not a cursor of this list.';

test.each([
  ['no packages at all', { first: 0 }, 'first must be between 1 and 100.'],
  ['too many at once', { first: 101 }, 'first must be between 1 and 100.'],
  ['nobody', { travellers: 0 }, 'travellers must be between 1 and 1000.'],
  ['a crowd', { travellers: 1001 }, 'travellers must be between 1 and 1000.'],
  ['a blank place', { place: ' ' }, 'place must not be empty.'],
  ['an endless place', { place: 'a'.repeat(101) }, 'place must be at most 100 characters long.'],
  [
    'a place with control characters',
    { place: '\0' },
    'place must not contain a control character (U+0000, at position 1).',
  ],
  ['days in reverse', { from: '2999-05-02', to: '2999-05-01' }, 'from must not be after to.'],
  ['a made-up cursor', { after: 'hotel-lisbon' }, NO_CURSOR],
  ['an empty cursor', { after: '' }, NO_CURSOR],
  ['a cursor of offers', { after: cursor('EUR', '300', '2999-05-01') }, NO_CURSOR],
  ['a cursor with an amount in words', { after: cursor('EUR', 'x', '2999-05-01', 'a') }, NO_CURSOR],
  ['a cursor with an endless amount', { after: cursor('EUR', '9'.repeat(17), '2999-05-01', 'a') }, NO_CURSOR],
  ['a cursor with a currency in words', { after: cursor('euro', '300', '2999-05-01', 'a') }, NO_CURSOR],
  ['a cursor with a day in the year 0', { after: cursor('EUR', '300', '0000-05-01', 'a') }, NO_CURSOR],
  ['a cursor with an invalid id', { after: cursor('EUR', '300', '2999-05-01', 'a\0') }, NO_CURSOR],
])('a request for %s gets an error that says what is wrong', async (_, variables, message) => {
  const { errors } = await ask({ place: 'Lisbon', ...variables });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.originalError).toBeInstanceOf(InvalidQuery);
  expect(errors?.[0]?.message).toBe(message);
});

test('the largest amount of a cursor is one that the database reads', async () => {
  const { packages, errors } = await ask({
    place: 'Lisbon',
    after: cursor('EUR', '9'.repeat(16), '2999-05-01', 'a'),
  });
  expect(errors).toBeUndefined();
  expect(packages?.nodes).toEqual([]);
});

test('all errors are reported at once', async () => {
  const { errors } = await ask({ place: '', first: 0, travellers: 0 });
  expect(errors?.[0]?.message).toBe(
    'first must be between 1 and 100. place must not be empty. travellers must be between 1 and 1000.',
  );
});
