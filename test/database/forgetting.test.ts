import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createAttempts, type Attempts } from '../../src/database/attempts.js';
import { createFacts, type Facts } from '../../src/database/facts.js';
import { createForgetting, type Forgetting } from '../../src/database/forgetting.js';
import { createWishes, type Wishes } from '../../src/database/wishes.js';
import type { BookingFacts, BookingRecord, BookingStatus } from '../../src/model/booking.js';
import type { BookingOrder } from '../../src/model/order.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { anOrder } from '../support/trips.js';

let database: TestDatabase;
let facts: Facts;
let wishes: Wishes;
let attempts: Attempts;
let forgetting: Forgetting;
beforeAll(async () => {
  database = await createTestDatabase();
  facts = createFacts(database.pool);
  wishes = createWishes(database);
  attempts = createAttempts(database.pool);
  forgetting = createForgetting(database.pool);
});
afterAll(() => database.close());

const AT = '2026-11-25T10:00:00.000Z';
const RUN = 'run-1';

/** Every text in it that a person or a supplier wrote contains the name. */
const ORDER: BookingOrder = {
  ...anOrder({
    name: 'Ada Zzyzx',
    legs: [
      { id: 'car', offers: ['a-car'] },
      { id: 'hotel', offers: ['a-hotel', 'b-hotel', 'c-hotel'] },
      { id: 'flight', offers: ['a-flight'] },
    ],
  }),
  caller: { subject: 'ada-zzyzx', roles: ['traveller-zzyzx'] },
  requestId: 'request-of-zzyzx',
  fingerprint: 'f00d',
};
const WISH = { by: 'olga-for-zzyzx', reason: 'Zzyzx is ill', at: AT };
/** Which choice is current, and what may be held, has to survive: the booking can still be called off. */
const TRIED = [
  { code: 'OFFER_SOLD_OUT', message: 'Zzyzx was faster' },
  { code: 'SUPPLIER_OUTCOME_UNKNOWN', message: 'no answer for Zzyzx', mayBeHeld: true },
] as const;
const FACTS: BookingFacts = {
  legs: [
    {
      id: 'car',
      state: 'UNDONE',
      attempts: 2,
      lastError: 'Mr Zzyzx is banned',
      since: AT,
      tried: [],
      holding: { confirmation: 'ZZYZX-1', title: 'Car for Zzyzx' },
    },
    {
      id: 'hotel',
      state: 'FAILED',
      attempts: 1,
      lastError: 'no room for Zzyzx',
      since: AT,
      tried: TRIED,
      failure: { code: 'SUPPLIER_REFUSED', message: 'no room for Zzyzx' },
    },
    { id: 'flight', state: 'PENDING', attempts: 0, tried: [] },
  ],
  failure: { code: 'SUPPLIER_REFUSED', legId: 'hotel', message: 'no room for Zzyzx' },
  cancellation: { by: 'zzyzx', reason: 'Zzyzx is ill', at: AT },
  events: [
    { at: AT, legId: 'car', state: 'RUNNING' },
    { at: AT, legId: 'car', state: 'UNDONE', attempt: 2, message: 'Settled by hand by zzyzx: called Zzyzx' },
  ],
  changes: 7,
  decisions: 1,
  resumedAt: AT,
};
const ATTEMPT = { action: 'reserve', since: AT, attempt: 1, at: AT, message: 'Zzyzx is unknown' } as const;

async function recorded(status: BookingStatus, wish?: typeof WISH): Promise<string> {
  const id = `trip-${randomUUID()}`;
  await wishes.accept(id, ORDER);
  await facts.claim(id, RUN);
  await facts.write(id, RUN, { status, version: 2, facts: FACTS });
  if (wish) await wishes.callOff(id, wish);
  await attempts.append(id, 'hotel', ATTEMPT);
  return id;
}

/** Everything that the database knows about a booking, as text. */
async function everything(id: string): Promise<string> {
  const { rows } = await database.pool.query<{ line: string }>(
    `select bookings::text as line from bookings where id = $1
     union all select failed_attempts::text from failed_attempts where booking_id = $1`,
    [id],
  );
  return rows.map(({ line }) => line).join('\n');
}

const read = async (id: string): Promise<BookingRecord> => (await facts.read(id))!;

describe('forgetting a traveller', () => {
  test.each([
    ['CONFIRMED', undefined],
    ['CANCELLED', undefined],
    ['CANCELLED', WISH],
  ] as const)('leaves no text about a person in a booking that is %s', async (status, wish) => {
    const id = await recorded(wish ? 'CONFIRMED' : status, wish);
    if (wish) await facts.write(id, RUN, { status, version: 3, facts: FACTS });
    expect(await everything(id)).toMatch(/zzyzx/i);
    const before = await read(id);

    expect(await forgetting.forget(id)).toBe('forgotten');
    expect(await everything(id)).not.toMatch(/zzyzx/i);
    const { legs, policy, fingerprint } = ORDER;
    expect(await read(id)).toEqual({
      ...before,
      version: before.version + 1,
      runId: '(forgotten)',
      order: {
        userId: id,
        name: '(forgotten)',
        legs,
        caller: { subject: '(forgotten)', roles: [] },
        requestId: '(forgotten)',
        policy,
        fingerprint,
      },
      ...(wish && { callOff: { by: '(forgotten)', at: AT } }),
      facts: {
        ...FACTS,
        legs: FACTS.legs.map(({ lastError: _, holding: __, failure, ...leg }) => ({
          ...leg,
          tried: leg.tried.map((one) => ({ ...one, message: '(forgotten)' })),
          ...(failure && { failure: { ...failure, message: '(forgotten)' } }),
        })),
        failure: { code: 'SUPPLIER_REFUSED', legId: 'hotel', message: '(forgotten)' },
        cancellation: { by: '(forgotten)', at: AT },
        events: FACTS.events.map(({ message: _, ...event }) => event),
      },
    });
  });

  test('works on a record without facts', async () => {
    const id = `trip-${randomUUID()}`;
    await wishes.accept(id, ORDER);
    await database.pool.query(`update bookings set status = 'CANCELLED', undoing = true where id = $1`, [id]);
    expect(await forgetting.forget(id)).toBe('forgotten');
    expect(await everything(id)).not.toMatch(/zzyzx/i);
    expect(await read(id)).toMatchObject({ status: 'CANCELLED', order: { fingerprint: 'f00d' } });
  });

  test('keeps fields that only the database or another client of Temporal knows out of the record', async () => {
    const id = await recorded('CONFIRMED');
    await database.pool.query(
      `update bookings set booking_order = booking_order || '{"passport": "Zzyzx 1"}', facts = facts || '{"remark": "Zzyzx"}'
       where id = $1`,
      [id],
    );
    await forgetting.forget(id);
    expect(await everything(id)).not.toMatch(/zzyzx/i);
  });

  test('twice changes nothing', async () => {
    const id = await recorded('CONFIRMED');
    await forgetting.forget(id);
    const once = await everything(id);
    expect(await forgetting.forget(id)).toBe('forgotten');
    expect(await everything(id)).toBe(once);
  });

  test('takes it out of lists by name and owner, not out of the list', async () => {
    const id = await recorded('CONFIRMED');
    const ids = async (filter: object) =>
      (await wishes.list({ first: 100, sort: 'NEWEST_FIRST', filter }, () => undefined)).records.map(
        (record) => record.id,
      );
    expect(await ids({ text: 'zzyzx' })).toContain(id);
    await forgetting.forget(id);
    expect(await ids({ text: 'zzyzx' })).not.toContain(id);
    expect(await ids({ owner: 'ada-zzyzx' })).not.toContain(id);
    expect(await ids({})).toContain(id);
  });

  test('does nothing for an unknown id', async () => {
    expect(await forgetting.forget('trip-nobody')).toBe('unknown');
  });

  test.each(['BOOKING', 'ROLLING_BACK', 'NEEDS_ATTENTION'] as const)(
    'is refused for a booking that is %s',
    async (status) => {
      const id = await recorded(status);
      const before = await everything(id);
      expect(await forgetting.forget(id)).toEqual({ status });
      expect(await everything(id)).toBe(before);
    },
  );

  test('is refused for a booking that was never started, or was called off after it was confirmed', async () => {
    const pending = `trip-${randomUUID()}`;
    await wishes.accept(pending, ORDER);
    expect(await forgetting.forget(pending)).toEqual({ status: 'PENDING' });
    const calledOff = await recorded('CONFIRMED', WISH);
    const before = await everything(calledOff);
    expect(await forgetting.forget(calledOff)).toEqual({ status: 'ROLLING_BACK' });
    expect(await everything(calledOff)).toBe(before);
  });
});

describe('while it is being called off', () => {
  /** Calls a booking off in a transaction that stays open. @returns a function that commits it */
  async function callOffSlowly(id: string): Promise<() => Promise<unknown>> {
    const connection = await database.pool.connect();
    onTestFinished(() => connection.release());
    await connection.query('begin');
    await connection.query(`update bookings set call_off = $2 where id = $1`, [id, WISH]);
    return () => connection.query('commit');
  }

  /** Resolves when a statement waits for another one's lock. */
  const isBlocked = () =>
    expect
      .poll(async () => {
        const { rowCount } = await database.pool.query(
          `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        );
        return rowCount;
      })
      .toBe(1);

  test('a booking is not forgotten: whichever comes first counts', async () => {
    const id = await recorded('CONFIRMED');
    const commit = await callOffSlowly(id);
    const outcome = forgetting.forget(id);
    await isBlocked();
    await commit();
    expect(await outcome).toEqual({ status: 'ROLLING_BACK' });
    expect(await everything(id)).toMatch(/Ada Zzyzx/);
    expect(await attempts.of([id])).toMatchObject(new Map([[id, [{ count: 1 }]]]));
  });

  test('a booking past its retention is left alone, and others are not kept waiting', async () => {
    const [busy, other] = [await recorded('CONFIRMED'), await recorded('CONFIRMED')];
    await grewOld(busy, 30);
    await grewOld(other, 30);
    const commit = await callOffSlowly(busy);
    expect(await forgetting.forgetOlderThan(29, 100)).toBe(1);
    expect(await everything(other)).not.toMatch(/zzyzx/i);
    await commit();
    expect(await everything(busy)).toMatch(/Ada Zzyzx/);
  });
});

describe('after it was forgotten', () => {
  test.each(['CONFIRMED', 'CANCELLED'] as const)(
    'a late write to a %s booking doesn’t bring the name back',
    async (status) => {
      const id = await recorded(status);
      await forgetting.forget(id);
      for (const version of [3, 4]) {
        expect(await facts.write(id, RUN, { status: 'CANCELLED', version, facts: FACTS })).toBeUndefined();
      }
      expect(await facts.claim(id, RUN)).toBeUndefined();
      await facts.insert(id, ORDER);
      expect(await wishes.accept(id, ORDER)).toBeUndefined();
      await attempts.append(id, 'hotel', ATTEMPT);
      expect(await everything(id)).not.toMatch(/zzyzx/i);
    },
  );

  test('not even if the booking is called off: its run takes the record over as it is', async () => {
    const id = await recorded('CONFIRMED');
    await forgetting.forget(id);
    await wishes.callOff(id, { by: 'olga', at: AT });
    expect(await facts.write(id, RUN, { status: 'CONFIRMED', version: 4, facts: FACTS })).toBeUndefined();
    const { runId = '' } = await read(id);
    const taken = await facts.takeOver(id, RUN, runId);
    expect(JSON.stringify(taken)).not.toMatch(/zzyzx/i);
  });

  test('a call-off names a person again, and can be forgotten again', async () => {
    const id = await recorded('CONFIRMED');
    await forgetting.forget(id);
    await wishes.callOff(id, WISH);
    expect(await forgetting.forget(id)).toEqual({ status: 'ROLLING_BACK' });
    const { runId = '', version } = await read(id);
    await facts.takeOver(id, RUN, runId);
    await facts.write(id, RUN, { status: 'CANCELLED', version: version + 2, facts: FACTS });
    expect(await everything(id)).toMatch(/zzyzx/i);
    expect(await forgetting.forget(id)).toBe('forgotten');
    expect(await everything(id)).not.toMatch(/zzyzx/i);
  });

  test('the watchman has nothing to check', async () => {
    const id = await recorded('CONFIRMED');
    await database.pool.query('update bookings set check_at = now() where id = $1', [id]);
    await forgetting.forget(id);
    const { rows } = await database.pool.query('select check_at from bookings where id = $1', [id]);
    expect(rows).toEqual([{ check_at: null }]);
  });
});

/** As if the booking had last changed that many days ago. */
async function grewOld(id: string, days: number): Promise<void> {
  await database.pool.query(
    `update bookings set recorded_at = now() - $2 * interval '1 day' - interval '1 minute' where id = $1`,
    [id, days],
  );
}

describe('by age', () => {
  const isForgotten = async (id: string) => !/zzyzx/i.test(await everything(id));

  test('only bookings that are done and whose last change is older are forgotten', async () => {
    const old = await recorded('CONFIRMED');
    const cancelled = await recorded('CANCELLED');
    const younger = await recorded('CONFIRMED');
    const stuck = await recorded('NEEDS_ATTENTION');
    const calledOff = await recorded('CONFIRMED', WISH);
    for (const id of [old, cancelled, stuck, calledOff]) await grewOld(id, 10);
    await grewOld(younger, 9);
    expect(await forgetting.forgetOlderThan(10, 100)).toBe(2);
    const all = [old, cancelled, younger, stuck, calledOff];
    expect(await Promise.all(all.map(isForgotten))).toEqual([true, true, false, false, false]);
    expect(await forgetting.forgetOlderThan(10, 100)).toBe(0);
  });

  test('the oldest are first, in batches', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => recorded('CONFIRMED')));
    for (const [n, id] of ids.entries()) await grewOld(id, 20 + n);
    expect(await forgetting.forgetOlderThan(20, 2)).toBe(2);
    expect(await Promise.all(ids.map(isForgotten))).toEqual([false, true, true]);
    expect(await forgetting.forgetOlderThan(20, 2)).toBe(1);
  });

  test('concurrent batches never forget the same booking', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => recorded('CONFIRMED')));
    for (const id of ids) await grewOld(id, 40);
    const counts = await Promise.all([1, 2, 3, 4].map(() => forgetting.forgetOlderThan(40, 10)));
    let total = counts.reduce((sum, count) => sum + count, 0);
    // A batch may be smaller because another process holds the rows it chose.
    for (let more = 1; more > 0; total += more) more = await forgetting.forgetOlderThan(40, 10);
    expect(total).toBe(40);
    const versions = await Promise.all(ids.map(async (id) => (await read(id)).version));
    expect(new Set(versions)).toEqual(new Set([3]));
  });
});
