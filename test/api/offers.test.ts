import { randomUUID } from 'node:crypto';
import { graphql } from 'graphql';
import { buildSchema } from 'type-graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InvalidQuery } from '../../src/api/shared/errors.js';
import { MoneyResolver } from '../../src/api/shared/money.resolver.js';
import { createOffers, OffersResolver } from '../../src/api/trips/offers.resolver.js';
import { createOfferCatalogue } from '../../src/database/offer-catalogue.js';
import { seedOffers } from '../../src/database/seed.js';
import { offers } from '../../src/database/tables.js';
import { anOffer } from '../support/offers.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedOffers(database.pool);
});
afterAll(() => database.close());

interface Offers {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly nodes: readonly Readonly<Record<'id' | 'place' | 'from' | 'to', string>>[];
  readonly pageInfo: Readonly<Record<string, unknown>> & { readonly endCursor: string | null };
}

async function execute(source: string, variableValues: Readonly<Record<string, unknown>>) {
  const resolvers = new Map<unknown, object>([
    [OffersResolver, new OffersResolver(createOffers(createOfferCatalogue(database.drizzle)))],
    [MoneyResolver, new MoneyResolver()],
  ]);
  const schema = await buildSchema({
    resolvers: [OffersResolver, MoneyResolver],
    container: { get: (resolver) => resolvers.get(resolver) },
  });
  return graphql({ schema, source, variableValues });
}

async function ask(variables: Readonly<Record<string, unknown>>) {
  const source = `
    query ($kind: LegKind!, $first: Int! = 20, $after: String, $sort: OfferSort! = FIRST_DAY, $filter: OfferFilter) {
      offers(kind: $kind, first: $first, after: $after, sort: $sort, filter: $filter) {
        edges { cursor node { id } }
        nodes {
          id kind title place from to timeZone past price { amount currency formatted } travellersPerUnit available
        }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`;
  const { data, errors } = await execute(source, variables);
  return { offers: data?.['offers'] as Offers | undefined, errors };
}

const ZURICH = {
  id: 'car-zurich-estate',
  kind: 'CAR',
  title: 'Estate car, four-wheel drive',
  place: 'Zurich',
  from: expect.stringMatching(/-06-05$/) as unknown,
  to: expect.stringMatching(/-06-12$/) as unknown,
  timeZone: 'Europe/Zurich',
  past: false,
  price: { amount: '498.00', currency: 'CHF', formatted: 'CHF\u00a0498.00' },
  travellersPerUnit: 5,
  available: 6,
};

test('an offer has all its fields', async () => {
  const filter = { places: 'zurich', maxPrice: { amount: '500', currency: 'CHF' } };
  const { offers, errors } = await ask({ kind: 'CAR', filter });
  expect(errors).toBeUndefined();
  expect(offers?.nodes).toEqual([ZURICH]);
});

test('offers of several places and dates, sorted by price', async () => {
  const { nodes = [] } = (await ask({ kind: 'HOTEL', filter: { places: ['kyoto', 'zurich'] } })).offers ?? {};
  const [summer, autumn] = [nodes[0]!, nodes.at(-1)!];
  expect([summer.place, autumn.place]).toEqual(['Zurich', 'Kyoto']);
  const periods = [summer, autumn].map(({ from, to }) => ({ from, to }));
  const { offers } = await ask({ kind: 'HOTEL', sort: 'PRICE', filter: { periods } });
  expect(offers?.nodes.map(({ id }) => id)).toEqual([
    'hotel-zurich-uetliberg',
    'hotel-zurich-limmat',
    'hotel-kyoto-station',
    'hotel-kyoto-ryokan',
  ]);
});

test('sold-out and past offers are listed only on request', async () => {
  const idsOf = async (filter: object) =>
    (await ask({ kind: 'CAR', first: 100, filter })).offers?.nodes.map(({ id }) => id);
  await database.drizzle
    .insert(offers)
    .values(anOffer({ id: 'past', place: 'New York', startsOn: '2020-01-01', endsOn: '2020-01-02' }));
  const places = ['New York'];
  const [suv, pickup] = ['car-newyork-suv', 'car-newyork-pickup'];
  expect(await idsOf({ places })).toEqual([suv]);
  expect(await idsOf({ places, includeSoldOut: true })).toEqual([pickup, suv]);
  expect(await idsOf({ places, includePast: true })).toEqual(['past', suv]);
});

describe('one offer', () => {
  const find = async (id: string) => {
    const source = 'query ($id: ID!) { offer(id: $id) { id past available } }';
    const { data, errors } = await execute(source, { id });
    expect(errors).toBeUndefined();
    return data?.['offer'];
  };

  test('is found by its id', async () => {
    expect(await find('car-zurich-estate')).toEqual({ id: 'car-zurich-estate', past: false, available: 6 });
  });

  test('is found even if it is past or sold out', async () => {
    expect(await find('car-newyork-pickup')).toMatchObject({ available: 0 });
    const past = anOffer({ id: 'long-ago', startsOn: '2020-01-01', endsOn: '2020-01-02' });
    await database.drizzle.insert(offers).values(past);
    expect(await find('long-ago')).toMatchObject({ past: true });
  });

  test.each(['nowhere', '', ' ', '\0', 'x'.repeat(300)])('is null if there is none: %j', async (id) => {
    expect(await find(id)).toBeNull();
  });
});

describe('a price', () => {
  const priceIn = async (currency: string, priceMinor: number, locale?: string) => {
    const id = randomUUID();
    await database.drizzle.insert(offers).values(anOffer({ id, currency, priceMinor }));
    const source = `query ($id: ID!, $locale: String! = "en") {
      offer(id: $id) { price { amount currency formatted(locale: $locale) } }
    }`;
    const { data, errors } = await execute(source, { id, locale });
    return { price: (data?.['offer'] as { price: object } | undefined)?.price, errors };
  };

  test.each([
    ['EUR', 249_90, '249.90', 'en', '€249.90'],
    ['EUR', 1234567_89, '1234567.89', 'de-DE', '1.234.567,89\u00a0€'],
    ['JPY', 38500, '38500', 'ja-JP', '￥38,500'],
    ['BHD', 12_345, '12.345', 'en', 'BHD\u00a012.345'],
    // Locale data gives it no fractions, ISO 4217 three digits.
    ['IQD', 12_345, '12.345', 'en', 'IQD\u00a012.345'],
    ['EUR', 99_999_999_999, '999999999.99', 'en', '€999,999,999.99'],
  ])('has exactly the digits of its currency: %s %d', async (currency, minor, amount, locale, formatted) => {
    const { price } = await priceIn(currency, minor, locale);
    expect(price).toEqual({ amount, currency, formatted });
  });

  test.each(['', 'not a locale', 'x'.repeat(1000)])(
    'is not formatted for %j, which is no locale',
    async (locale) => {
      const { errors } = await priceIn('EUR', 1, locale);
      expect(errors?.[0]?.originalError).toBeInstanceOf(InvalidQuery);
      expect(errors?.[0]?.message).toBe('locale must be a language tag such as en or de-CH.');
    },
  );
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
  const { offers, errors } = await ask({ kind: 'CAR', filter: { places: ['Atlantis'] } });
  expect(errors).toBeUndefined();
  expect(offers).toEqual({
    edges: [],
    nodes: [],
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  });
});

test('a null filter is the same as an omitted one', async () => {
  const all = await ask({ kind: 'FLIGHT' });
  const nulls = { places: null, periods: null, maxPrice: null };
  expect(await ask({ kind: 'FLIGHT', after: null, filter: null })).toEqual(all);
  expect(await ask({ kind: 'FLIGHT', filter: nulls })).toEqual(all);
});

const cursor = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');

const IN_EUR =
  'maxPrice.amount must be a decimal number of at least 0 such as 249.90, with at most 2 decimal places in EUR.';

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
  ['a blank place', { filter: { places: [' '] } }, 'place must not be empty.'],
  [
    'a place with control characters',
    { filter: { places: ['\0'] } },
    'place must not contain a control character (U+0000, at position 1).',
  ],
  [
    'days in reverse',
    { filter: { periods: [{ from: '2027-05-02', to: '2027-05-01' }] } },
    'from must not be after to.',
  ],
  ['no places', { filter: { places: [] } }, 'places must list 1 to 10 places.'],
  ['many places', { filter: { places: Array(11).fill('x') } }, 'places must list 1 to 10 places.'],
  ['no periods', { filter: { periods: [] } }, 'periods must list 1 to 10 periods.'],
  ['a price in words', { filter: { maxPrice: { amount: 'cheap', currency: 'EUR' } } }, IN_EUR],
  ['a negative price', { filter: { maxPrice: { amount: '-1', currency: 'EUR' } } }, IN_EUR],
  ['a price with too many digits', { filter: { maxPrice: { amount: '0.001', currency: 'EUR' } } }, IN_EUR],
  [
    'a price that is too high to count',
    { filter: { maxPrice: { amount: '9'.repeat(20), currency: 'EUR' } } },
    IN_EUR,
  ],
  [
    'a price in parts of a yen',
    { filter: { maxPrice: { amount: '100.50', currency: 'JPY' } } },
    'maxPrice.amount must be a decimal number of at least 0 such as 250, with at most 0 decimal places in JPY.',
  ],
  [
    'a price in an unknown currency',
    { filter: { maxPrice: { amount: '1', currency: 'EUX' } } },
    'maxPrice.currency must be a code of ISO 4217, such as EUR.',
  ],
  [
    'a cursor of another sort',
    { sort: 'PRICE', after: cursor(['2027-02-01', 'car-a']) },
    'after is not a cursor of this list.',
  ],
])('a request for %s gets an error that says what is wrong', async (_, variables, message) => {
  const { errors } = await ask({ kind: 'CAR', ...variables });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.originalError).toBeInstanceOf(InvalidQuery);
  expect(errors?.[0]?.message).toBe(message);
});

test('all errors are reported at once', async () => {
  const { errors } = await ask({
    kind: 'CAR',
    first: 0,
    filter: { maxPrice: { amount: 'x', currency: 'EUR' } },
  });
  expect(errors?.[0]?.message).toBe(`first must be between 1 and 100. ${IN_EUR}`);
});
