import 'reflect-metadata';
import { graphql } from 'graphql';
import { buildSchema } from 'type-graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PlacesResolver } from '../../src/api/trips/places.resolver.js';
import { createListPlaces } from '../../src/database/places.js';
import { offers } from '../../src/database/tables.js';
import { anOffer } from '../support/stays.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.drizzle
    .insert(offers)
    .values([
      anOffer({ id: 'early', kind: 'CAR', startsOn: '2999-03-01', endsOn: '2999-03-04' }),
      anOffer({ id: 'late', kind: 'EXCURSION', startsOn: '2999-09-01', endsOn: '2999-09-02' }),
      anOffer({ id: 'past', kind: 'CAR', startsOn: '2020-01-01', endsOn: '2020-01-02' }),
      anOffer({ id: 'sold-out', kind: 'CAR', place: 'Atlantis', capacity: 0 }),
      anOffer({ id: 'begun', kind: 'CAR', place: 'Ys', startsOn: '2020-01-01', endsOn: '2999-01-02' }),
      anOffer({ id: 'rome', kind: 'HOTEL', place: 'Rome' }),
      anOffer({ id: 'romania', kind: 'HOTEL', place: '100% Romania' }),
    ]);
});
afterAll(() => database.close());

interface Places {
  readonly nodes: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

async function ask(args = '') {
  const resolver = new PlacesResolver(createListPlaces(database.drizzle));
  const schema = await buildSchema({ resolvers: [PlacesResolver], container: { get: () => resolver } });
  const source = `{ places${args} { nodes { name from to } edges { cursor } pageInfo { hasNextPage endCursor } } }`;
  const { data, errors } = await graphql({ schema, source });
  return { places: data?.['places'] as Places | undefined, errors };
}

const namesOf = async (args: string) => (await ask(args)).places?.nodes.map(({ name }) => name);

test('each place is listed once, by name, with the first and last day of what can be booked', async () => {
  const { places, errors } = await ask();
  expect(errors).toBeUndefined();
  expect(places?.nodes).toEqual([
    { name: '100% Romania', from: '2999-05-01', to: '2999-05-08' },
    { name: 'Lisbon', from: '2999-03-01', to: '2999-09-02' },
    { name: 'Rome', from: '2999-05-01', to: '2999-05-08' },
  ]);
});

test('places are found by a part of their name, whose signs have no meaning', async () => {
  expect(await namesOf('(text: "ROM")')).toEqual(['100% Romania', 'Rome']);
  expect(await namesOf('(text: "0%")')).toEqual(['100% Romania']);
  expect(await namesOf('(text: "%")')).toEqual(['100% Romania']);
  expect(await namesOf('(text: "nowhere")')).toEqual([]);
});

test('the list goes on page by page', async () => {
  const first = await ask('(first: 2)');
  expect(first.places?.pageInfo.hasNextPage).toBe(true);
  expect(await namesOf(`(first: 2, after: "${first.places?.pageInfo.endCursor}")`)).toEqual(['Rome']);
});

test.each(['(first: 0)', '(first: 101)', '(after: "rome")', `(text: "${'x'.repeat(101)}")`, '(text: "")'])(
  'places%s is refused',
  async (args) => {
    expect((await ask(args)).errors).toHaveLength(1);
  },
);
