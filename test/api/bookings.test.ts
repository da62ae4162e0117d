import { randomInt } from 'node:crypto';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  BookingDocument,
  BookingsDocument,
  type BookingFilter,
  type BookingSort,
  type BookingsQueryVariables,
} from '../../src/client/generated.js';
import { createAttempts } from '../../src/database/attempts.js';
import { createWishes } from '../../src/database/wishes.js';
import { drawReference } from '../../src/model/codes.js';
import { noFacts, type BookingStatus } from '../../src/model/booking.js';
import type { Holding } from '../../src/model/holding.js';
import { request } from '../support/graphql-client.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { anOrder } from '../support/trips.js';
import { serve, type TestApi } from './fixtures/api.js';
import { clientOf } from './fixtures/client.js';
import { createFakeEngine } from './fixtures/fake-engine.js';

let database: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  database = await createTestDatabase();
  const attempts = createAttempts(database.pool);
  // Temporal doesn't know these bookings, so they are read from their records.
  api = await serve({ wishes: createWishes(database), engine: createFakeEngine(), attempts });
});
afterAll(async () => {
  await api.stop();
  await database.close();
});

interface Recorded {
  readonly reference?: string;
  readonly name?: string;
  readonly owner?: string;
  readonly status?: BookingStatus;
  readonly acceptedAt?: string;
  /** What its first legs hold. By default the facts are those of a trip that nobody has picked up. */
  readonly holdings?: readonly Holding[];
}

const INSERT = `
  insert into bookings (id, reference, booking_order, accepted_at, status, undoing, run_id, version, recorded_at, facts)
  values ($1, $6, $2, $3, $4, $4 in ('CANCELLED', 'ROLLING_BACK'), 'run', 1, $3, $5)`;

async function record({
  name = 'John Doe',
  owner = 'anonymous',
  status = 'CONFIRMED',
  acceptedAt,
  reference,
  holdings = [],
}: Recorded) {
  const order = { ...anOrder({ name }), caller: { subject: owner, roles: [] } };
  const id = `${order.userId}${randomInt(10)}`;
  const facts = noFacts(order);
  const legs = facts.legs.map((leg, index) => {
    const holding = holdings[index];
    return holding ? { ...leg, state: 'BOOKED', holding } : leg;
  });
  await database.pool.query(INSERT, [
    id,
    order,
    acceptedAt ?? new Date().toISOString(),
    status,
    { ...facts, legs },
    reference ?? id,
  ]);
  return id;
}

async function list(variables: BookingsQueryVariables) {
  const { data, errors } = await request(api.url, BookingsDocument, variables);
  return { ids: data?.bookings.nodes.map(({ id }) => id), page: data?.bookings.pageInfo, errors };
}

const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();

/** The whole list, read three at a time. */
async function allPages(filter: BookingFilter, sort?: BookingSort): Promise<string[]> {
  const seen: string[] = [];
  let after: string | undefined;
  for (;;) {
    const { ids, page, errors } = await list({
      first: 3,
      filter,
      ...(sort && { sort }),
      ...(after && { after }),
    });
    expect(errors).toBeUndefined();
    seen.push(...(ids ?? []));
    if (!page?.hasNextPage) return seen;
    after = page.endCursor ?? undefined;
  }
}

const EDGES = parse(`query ($sort: BookingSort!, $filter: BookingFilter) {
  bookings(sort: $sort, filter: $filter, first: 1) { edges { cursor } pageInfo { endCursor } }
}`) as TypedDocumentNode<
  { bookings: { edges: { cursor: string }[]; pageInfo: { endCursor: string } } },
  { sort: BookingSort; filter: BookingFilter }
>;

describe('the list of bookings', () => {
  test('is newest first, page by page, each booking once', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.unshift(await record({ owner: 'pages', acceptedAt: minute(n) }));
    expect(await allPages({ owner: 'pages' })).toEqual(ids);
  });

  test('is oldest first if asked for, page by page, each booking once', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.push(await record({ owner: 'oldest', acceptedAt: minute(n) }));
    const twins = await Promise.all([7, 7, 7].map((n) => record({ owner: 'oldest', acceptedAt: minute(n) })));
    const all = await allPages({ owner: 'oldest' }, 'OLDEST_FIRST');
    expect(all).toEqual([...ids, ...twins.sort()]);
    expect(await allPages({ owner: 'oldest' }, 'NEWEST_FIRST')).toEqual(all.reverse());
  });

  test.each([
    ['NEWEST_FIRST', 'OLDEST_FIRST'],
    ['OLDEST_FIRST', 'NEWEST_FIRST'],
  ] as const)('%s refuses a cursor of %s, from either end of a page', async (sort, other) => {
    const filter = { owner: `cursors ${sort}` };
    for (let n = 0; n < 2; n++) await record({ owner: filter.owner, acceptedAt: minute(n) });
    const { data } = await request(api.url, EDGES, { sort: other, filter });
    const { edges, pageInfo } = data!.bookings;
    for (const after of [edges[0]!.cursor, pageInfo.endCursor]) {
      expect((await list({ sort: other, filter, after })).errors).toBeUndefined();
      expect((await list({ sort, filter, after })).errors).toMatchObject([
        {
          message: `after is a cursor of the list sorted ${other}, and not ${sort}.`,
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
    }
  });

  test('is stable while bookings are added: none is repeated or missed', async () => {
    const old = [
      await record({ owner: 'busy', acceptedAt: minute(2) }),
      await record({ owner: 'busy', acceptedAt: minute(1) }),
    ];
    const filter = { owner: 'busy' };
    const first = await list({ first: 1, filter });
    await record({ owner: 'busy', acceptedAt: minute(3) });
    const second = await list({ first: 1, filter, after: first.page?.endCursor ?? '' });
    expect([first.ids, second.ids]).toEqual([[old[0]], [old[1]]]);
  });

  test('distinguishes bookings of the same moment', async () => {
    const ids = await Promise.all([1, 2, 3, 4].map(() => record({ owner: 'twins', acceptedAt: minute(5) })));
    expect((await allPages({ owner: 'twins' })).sort()).toEqual(ids.sort());
  });

  test('can be filtered by status, owner, text in the name and time of acceptance, all at once', async () => {
    const mine = {
      name: 'Zoë 100% Müller',
      owner: 'filters',
      status: 'NEEDS_ATTENTION',
      acceptedAt: minute(10),
    } as const;
    const id = await record(mine);
    await record({ ...mine, status: 'CONFIRMED' });
    await record({ ...mine, owner: 'another' });
    await record({ ...mine, name: 'Zoë 100 Müller' });
    await record({ ...mine, acceptedAt: minute(11) });
    await record({ ...mine, acceptedAt: minute(9) });
    const { ids } = await list({
      filter: {
        statuses: ['NEEDS_ATTENTION', 'PENDING'],
        owner: 'filters',
        text: '0% MÜLLER',
        createdFrom: minute(10),
        createdBefore: minute(11),
      },
    });
    expect(ids).toEqual([id]);
  });

  test('can be asked for by their ids, of which others’ are left out', async () => {
    const [one, two] = [await record({ owner: 'by ids' }), await record({ owner: 'by ids' })];
    const foreign = await record({ owner: 'somebody else' });
    await record({ owner: 'by ids' });
    const { ids } = await list({ filter: { owner: 'by ids', ids: [two, one, foreign, 'nobody'] } });
    expect(ids?.toSorted()).toEqual([one, two].toSorted());
  });

  test.each(['CASA ALF', 'porto'])('can be searched for a title or a place: %s', async (text) => {
    const owner = `searching for ${text}`;
    const id = await record({ owner, holdings: [{}, { title: 'Casa Alfama', place: 'Oporto' }] });
    await record({ owner, holdings: [{ title: 'Baixa House', place: 'Lisbon', confirmation: text }] });
    await record({ owner });
    expect((await list({ filter: { owner, text } })).ids).toEqual([id]);
  });

  test('can be filtered by several statuses, in pages and in either order', async () => {
    const owner = 'statuses';
    const statuses: BookingStatus[] = [
      'CONFIRMED',
      'CANCELLED',
      'PENDING',
      'CONFIRMED',
      'BOOKING',
      'CANCELLED',
    ];
    const ids: string[] = [];
    for (const [n, status] of statuses.entries())
      ids.push(await record({ owner, status, acceptedAt: minute(n) }));
    const some = [0, 1, 3, 4, 5].map((n) => ids[n]);
    // However often a status is named.
    const filter = { owner, statuses: ['CANCELLED', 'BOOKING', 'CONFIRMED', 'CANCELLED'] as BookingStatus[] };
    expect(await allPages(filter, 'OLDEST_FIRST')).toEqual(some);
    expect(await allPages(filter)).toEqual(some.reverse());
    expect(await allPages({ owner, statuses: ['NEEDS_ATTENTION'] })).toEqual([]);
  });

  test('can be searched by reference, however it is typed', async () => {
    const reference = drawReference(randomInt);
    const id = await record({ owner: 'references', reference });
    await record({ owner: 'references', reference: drawReference(randomInt) });
    const bare = reference.replace('-', '');
    for (const typed of [reference, bare, bare.toLowerCase(), ` ${reference.replace('-', ' - ')} `])
      expect((await list({ filter: { reference: typed } })).ids).toEqual([id]);
    expect((await list({ filter: { reference, owner: 'another' } })).ids).toEqual([]);
    expect((await list({ filter: { reference: drawReference(randomInt) } })).ids).toEqual([]);
  });

  test('can be searched by an offer, wanted or alternative, byte for byte', async () => {
    const leg = (offerId: string, ...alternatives: string[]) => ({
      kind: 'CAR' as const,
      offerId,
      alternatives,
    });
    const book = async (...legs: ReturnType<typeof leg>[]) =>
      (await clientOf(api).bookTrip({ legs })).booking?.id;
    const wanted = await book(leg('offer "a" \\ b'));
    const alternative = await book(leg('c'), leg('d', 'offer "a" \\ b'));
    await book(leg('offer "a"'));
    const found = async (offerId: string) => (await list({ filter: { offerId } })).ids;
    expect(new Set(await found('offer "a" \\ b'))).toEqual(new Set([wanted, alternative]));
    expect(await found('OFFER "a" \\ b')).toEqual([]);
    expect(await found('offer')).toEqual([]);
  });

  test('law 11: is filtered by the status that readers see, not by how far the saga is', async () => {
    const id = await record({ owner: 'wishes' });
    await clientOf(api).cancel({ id });
    expect((await list({ filter: { owner: 'wishes', statuses: ['CONFIRMED'] } })).ids).toEqual([]);
    expect((await list({ filter: { owner: 'wishes', statuses: ['ROLLING_BACK'] } })).ids).toEqual([id]);
  });

  test.each([
    [{ first: 0 }, 'first must be between 1 and 100.'],
    [{ first: 101 }, 'first must be between 1 and 100.'],
    [{ after: 'nonsense' }, 'after is not a cursor of this list.'],
    [
      { after: Buffer.from('["NEWEST_FIRST","2026-01-01T00:00:00.000Z","a\\u0000"]').toString('base64url') },
      'after is not a cursor of this list.',
    ],
    [
      { after: Buffer.from('["SIDEWAYS","2026-01-01T00:00:00.000Z","a"]').toString('base64url') },
      'after is not a cursor of this list.',
    ],
    [{ filter: { text: ' ' } }, 'text must not be empty.'],
    [{ filter: { ids: [] } }, 'ids must name 1 to 100 bookings.'],
    [{ filter: { ids: Array.from({ length: 101 }, String) } }, 'ids must name 1 to 100 bookings.'],
    [{ filter: { statuses: [] } }, 'statuses must name at least one status.'],
    [{ filter: { reference: 'John Doe' } }, 'reference must be eight letters and digits, such as 7KQ2-M9XD.'],
    [{ filter: { reference: '' } }, 'reference must be eight letters and digits, such as 7KQ2-M9XD.'],
  ])('reports what is wrong with %j', async (variables, message) => {
    const { errors } = await list(variables);
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('takes two queries for a page of fifty with their timelines', async () => {
    const attempts = createAttempts(database.pool);
    for (let n = 0; n < 50; n++) {
      const bookingId = await record({ owner: 'batch', acceptedAt: minute(n) });
      await attempts.append(bookingId, 'hotel', ATTEMPT);
    }
    const query = vi.spyOn(database.pool, 'query');
    onTestFinished(() => query.mockRestore());
    const { data } = await request(api.url, BookingsDocument, { first: 50, filter: { owner: 'batch' } });
    expect(data?.bookings.nodes.map(({ timeline }) => timeline.length)).toEqual(Array(50).fill(1));
    expect(query).toHaveBeenCalledTimes(2);
  });
});

const ATTEMPT = {
  action: 'reserve',
  since: minute(0),
  attempt: 1,
  at: minute(1),
  message: 'down',
} as const;

describe('a corrupt row', () => {
  let day = 0;
  test.each([
    ['no order', `booking_order = '{}'`],
    ['an order that is not an object', `booking_order = '5'`],
    ['an order without legs', `booking_order = booking_order || '{"legs": []}'`],
    ['facts without legs', `facts = '{}'`],
    ['facts that are not an object', `facts = '5'`],
    ['facts of other legs', `facts = '{"legs": [], "events": [], "decisions": 0}'`],
    ['invalid legs', `facts = '{"legs": [{}, 5, null], "events": [], "decisions": 0}'`],
    ['invalid events', `facts = jsonb_set(facts, '{events}', '[5]')`],
    ['an invalid wish', `call_off = '5'`],
  ])('(%s) breaks neither the list nor its pages, and is logged', async (_what, nonsense) => {
    day++;
    const hour = (n: number) => new Date(Date.UTC(2025, 0, day, n)).toISOString();
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.unshift(await record({ acceptedAt: hour(n) }));
    // The last row of the first page, whose position is where the second page starts.
    const spoilt = ids[2]!;
    await database.pool.query(`update bookings set ${nonsense} where id = $1`, [spoilt]);
    // Its owner and name may be unreadable too.
    const pages = await allPages({ createdFrom: hour(0), createdBefore: hour(7) });
    expect(pages).toEqual(ids.filter((id) => id !== spoilt));
    expect(api.log.at(-1)).toMatchObject({
      level: 50,
      err: { message: expect.stringContaining("can't be read") as unknown },
    });
    const { data, errors } = await request(api.url, BookingDocument, { id: spoilt });
    expect(data).toEqual({ booking: null });
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  });
});

test('a booking that Temporal no longer knows is read from its record, with the time it was recorded', async () => {
  const id = await record({ name: 'Jane Roe', status: 'CANCELLED', acceptedAt: minute(3) });
  expect(await clientOf(api).read(id)).toMatchObject({
    id,
    status: 'CANCELLED',
    source: 'RECORD',
    result: 'Voyage cancelled',
    asOf: minute(3),
  });
});

test('a booking has the total of its booked legs in each currency, and their first and last day', async () => {
  const id = await record({
    holdings: [
      { from: '2027-05-02', to: '2027-05-09', price: { minor: 24_990, currency: 'EUR' } },
      { from: '2027-05-01', to: '2027-05-08', price: { minor: 38_500, currency: 'JPY' } },
      { price: { minor: 10, currency: 'EUR' } },
    ],
  });
  expect(await clientOf(api).read(id)).toMatchObject({
    total: [
      { amount: '250.00', currency: 'EUR' },
      { amount: '38500', currency: 'JPY' },
    ],
    from: '2027-05-01',
    to: '2027-05-09',
  });
  expect(await clientOf(api).read(await record({}))).toMatchObject({ total: [], from: null, to: null });
});

test('the timeline has the latest fifty failed attempts of a leg with their errors, and the number of earlier ones', async () => {
  const id = await record({});
  const attempts = createAttempts(database.pool);
  await attempts.append(id, 'hotel', ATTEMPT);
  expect((await clientOf(api).read(id))?.timeline).toEqual([
    { at: minute(1), legId: 'hotel', state: 'RETRYING', attempt: 1, message: 'down' },
  ]);
  for (let attempt = 2; attempt <= 60; attempt++) await attempts.append(id, 'hotel', { ...ATTEMPT, attempt });
  const booking = await clientOf(api).read(id);
  expect(booking?.timeline.map(({ attempt }) => attempt)).toEqual(
    Array.from({ length: 50 }, (_, n) => n + 11),
  );
  expect(booking?.legs.map(({ earlierFailures }) => earlierFailures)).toEqual([0, 10, 0]);
});
