import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFacts, type Facts } from '../../src/database/facts.js';
import { createWishes, type Wishes } from '../../src/database/wishes.js';
import {
  noFacts,
  type BookingFacts,
  type BookingRecord,
  type BookingStatus,
  type LegFacts,
} from '../../src/model/booking.js';
import { readReference } from '../../src/model/codes.js';
import { createTestDatabase, makeDue, type TestDatabase } from '../support/test-database.js';
import { anOrder } from '../support/trips.js';

/** The statements alone: their guards keep a run from writing what it must not. Letters as in the design's list. */

let database: TestDatabase;
let facts: Facts;
let wishes: Wishes;
beforeAll(async () => {
  database = await createTestDatabase();
  facts = createFacts(database.pool);
  wishes = createWishes(database);
});
afterAll(() => database.close());

const RUN = 'run-1';
const CAR: LegFacts = { id: 'car', state: 'PENDING', attempts: 0, tried: [] };
const WISH = { by: 'anonymous', at: '2026-11-25T10:00:00.000Z' };

async function accepted(): Promise<string> {
  const record = await wishes.accept(`trip-${randomUUID()}`, anOrder());
  if (!record) throw new Error('the id is already used');
  return record.id;
}

async function claimed(run = RUN): Promise<string> {
  const id = await accepted();
  await facts.claim(id, run);
  return id;
}

function someFacts(decisions: number): BookingFacts {
  return { ...noFacts(anOrder()), decisions };
}

const write = (id: string, version: number, status: BookingStatus, run = RUN, decisions = 0) =>
  facts.write(id, run, { status, version, facts: someFacts(decisions) });

async function checkAt(id: string): Promise<Date | null> {
  const { rows } = await database.pool.query<{ check_at: Date | null }>(
    'select check_at from bookings where id = $1',
    [id],
  );
  return rows[0]?.check_at ?? null;
}

describe('claim', () => {
  test('D: the first claim is fresh, and so is its repeat until something is written', async () => {
    const id = await accepted();
    const first = await facts.claim(id, RUN);
    expect(first).toMatchObject({ fresh: true, record: { status: 'BOOKING', version: 1 } });
    expect(await facts.claim(id, RUN)).toEqual(first);
    await write(id, 2, 'NEEDS_ATTENTION');
    expect(await facts.claim(id, RUN)).toMatchObject({ fresh: false, record: { version: 2 } });
  });

  test('C: a claim never takes another run’s record', async () => {
    const id = await claimed('another');
    expect(await facts.claim(id, RUN)).toBeUndefined();
    expect(await facts.read(id)).toMatchObject({ runId: 'another' });
  });

  test('the claim of a run that took the record over is never fresh', async () => {
    const id = await claimed('another');
    await facts.takeOver(id, RUN, 'another');
    expect(await facts.claim(id, RUN)).toMatchObject({ fresh: false });
  });

  test('J: if a wish precedes the first claim, the booking stays PENDING', async () => {
    const id = await accepted();
    await wishes.callOff(id, WISH);
    expect(await facts.claim(id, RUN)).toMatchObject({ fresh: true, record: { status: 'PENDING' } });
  });

  test('a booking that another Temporal client started gets a reference too', async () => {
    const id = `trip-${randomUUID()}`;
    await facts.insert(id, anOrder());
    const claim = await facts.claim(id, RUN);
    expect(claim).toMatchObject({ fresh: true });
    expect(readReference(claim!.record.reference)).toBe(claim!.record.reference);
  });

  test('law 7: a workflow’s own order never replaces a record', async () => {
    const id = await accepted();
    await facts.insert(id, anOrder({ name: 'Somebody Else' }));
    expect(await facts.read(id)).toMatchObject({ order: { name: 'John Doe' } });
  });
});

describe('a trip goes forward', () => {
  test('for the run that owns its record, and for no other', async () => {
    const id = await claimed();
    expect(await facts.goesForward(id, RUN)).toBe(true);
    expect(await facts.goesForward(id, 'run-2')).toBe(false);
    expect(await facts.goesForward(await accepted(), RUN)).toBe(false);
    expect(await facts.goesForward('unknown', RUN)).toBe(false);
  });

  test('until it is called off', async () => {
    const id = await claimed();
    await wishes.callOff(id, WISH);
    expect(await facts.goesForward(id, RUN)).toBe(false);
  });

  test('until it is being undone', async () => {
    const id = await claimed();
    await write(id, 2, 'ROLLING_BACK');
    expect(await facts.goesForward(id, RUN)).toBe(false);
  });

  test('again when it is resumed', async () => {
    const id = await claimed();
    await write(id, 2, 'NEEDS_ATTENTION');
    await write(id, 3, 'BOOKING');
    expect(await facts.goesForward(id, RUN)).toBe(true);
  });
});

describe('write', () => {
  test('A: takes effect only on the preceding version', async () => {
    const id = await claimed();
    expect(await write(id, 2, 'NEEDS_ATTENTION', RUN, 1)).toMatchObject({
      version: 2,
      facts: { decisions: 1 },
    });
    expect(await write(id, 2, 'BOOKING')).toBeUndefined();
    expect(await write(id, 4, 'BOOKING')).toBeUndefined();
    expect(await facts.read(id)).toMatchObject({ status: 'NEEDS_ATTENTION', facts: { decisions: 1 } });
  });

  test('law 15: takes effect only for the run that owns the record', async () => {
    const id = await claimed();
    expect(await write(id, 2, 'CONFIRMED', 'another')).toBeUndefined();
    await facts.takeOver(id, 'another', RUN);
    expect(await write(id, 3, 'CONFIRMED')).toBeUndefined();
    expect(await facts.read(id)).toMatchObject({ status: 'BOOKING', runId: 'another' });
  });

  test.each<BookingStatus>(['CONFIRMED', 'BOOKING', 'PENDING'])(
    'B: once an undo has begun, the status never becomes %s again',
    async (status) => {
      const id = await claimed();
      expect(await write(id, 2, 'ROLLING_BACK')).toMatchObject({ undoing: true });
      expect(await write(id, 3, status)).toBeUndefined();
      expect(await write(id, 3, 'NEEDS_ATTENTION')).toMatchObject({ undoing: true });
      expect(await write(id, 4, status)).toBeUndefined();
      const forced = database.pool.query("update bookings set status = 'CONFIRMED' where id = $1", [id]);
      await expect(forced).rejects.toThrow('bookings_one_way_door');
    },
  );

  test.each<BookingStatus>(['CONFIRMED', 'CANCELLED'])('a booking that is %s stays so', async (status) => {
    const id = await claimed();
    await write(id, 2, status);
    expect(await write(id, 3, 'NEEDS_ATTENTION')).toBeUndefined();
    expect(await write(id, 3, 'ROLLING_BACK')).toBeUndefined();
    expect(await checkAt(id)).toBeNull();
  });

  test('a confirmed booking that is called off can be rolled back', async () => {
    const id = await claimed();
    await write(id, 2, 'CONFIRMED');
    await wishes.callOff(id, WISH);
    expect(await write(id, 3, 'ROLLING_BACK')).toMatchObject({ undoing: true, callOff: WISH });
  });

  test('law 11: a wish is never overwritten, and every write returns it', async () => {
    const id = await claimed();
    await wishes.callOff(id, WISH);
    expect(await write(id, 2, 'CONFIRMED')).toMatchObject({ callOff: WISH });
    expect(await checkAt(id)).not.toBeNull();
  });
});

describe('takeover', () => {
  test('changes only the owner and the version', async () => {
    const id = await claimed();
    const before = await facts.read(id);
    const after = await facts.takeOver(id, 'another', RUN);
    expect(after).toEqual({ ...before, runId: 'another', version: 2 } satisfies Partial<BookingRecord>);
  });

  test('is refused if the owner has changed since it was read', async () => {
    const id = await claimed();
    await facts.takeOver(id, 'another', RUN);
    expect(await facts.takeOver(id, 'third', RUN)).toBeUndefined();
    expect(await facts.read(id)).toMatchObject({ runId: 'another' });
  });

  test('F: of a finished record makes nothing due', async () => {
    const id = await claimed();
    await write(id, 2, 'CONFIRMED');
    await facts.takeOver(id, 'another', RUN);
    expect(await checkAt(id)).toBeNull();
  });
});

describe('a due booking', () => {
  const overdue = (id: string) => makeDue(database, id);

  test('is taken by one worker, and by no other for a few seconds', async () => {
    const id = await accepted();
    await overdue(id);
    const takes = await Promise.all(Array.from({ length: 5 }, () => facts.takeDue(50)));
    expect(takes.flat().filter((due) => due.id === id)).toHaveLength(1);
    expect((await facts.takeDue(50)).map((due) => due.id)).not.toContain(id);
  });

  test('is skipped while another transaction has it locked, and the others are taken', async () => {
    const [locked, other] = [await accepted(), await accepted()];
    await Promise.all([overdue(locked), overdue(other)]);
    const client = await database.pool.connect();
    try {
      await client.query('begin');
      await client.query('select * from bookings where id = $1 for update', [locked]);
      const due = (await facts.takeDue(50)).map(({ id }) => id);
      expect(due).toContain(other);
      expect(due).not.toContain(locked);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });

  test('is put off, unless a wish has made it due in the meantime', async () => {
    const id = await claimed();
    await overdue(id);
    const [due] = (await facts.takeDue(50)).filter((one) => one.id === id);
    await facts.putOff(due!, 3600);
    expect((await checkAt(id))!.getTime()).toBeGreaterThan(Date.now() + 3_000_000);
    await overdue(id);
    const [again] = (await facts.takeDue(50)).filter((one) => one.id === id);
    await wishes.callOff(id, WISH);
    await facts.putOff(again!, 3600);
    expect((await checkAt(id))!.getTime()).toBeLessThan(Date.now() + 10_000);
  });

  test('is taken even if another row can’t be read', async () => {
    const [broken, sound] = [await accepted(), await accepted()];
    await database.pool.query("update bookings set booking_order = '{}' where id = $1", [broken]);
    await Promise.all([overdue(broken), overdue(sound)]);
    const due = await facts.takeDue(50);
    expect(due.find(({ id }) => id === broken)).not.toHaveProperty('record');
    expect(due.find(({ id }) => id === sound)).toHaveProperty('record');
    await expect(facts.read(broken)).rejects.toThrow("can't be read");
  });
});

test('only the first wish stands, and a cancelled booking accepts none', async () => {
  const id = await claimed();
  expect(await wishes.callOff(id, WISH)).toMatchObject({ callOff: WISH });
  expect(await wishes.callOff(id, { ...WISH, by: 'somebody' })).toBeUndefined();
  const cancelled = await claimed();
  await write(cancelled, 2, 'CANCELLED');
  expect(await wishes.callOff(cancelled, WISH)).toBeUndefined();
});

const NO = { code: 'OFFER_SOLD_OUT', message: 'no' } as const;

test.each([
  ['with fewer legs than the order', (legs: LegFacts[]) => legs.slice(1)],
  ['with legs in another order', (legs: LegFacts[]) => legs.toReversed()],
  ['with a leg that is null', (legs: LegFacts[]) => [null, ...legs.slice(1)]],
  ['with an unknown state', ([leg, ...legs]: LegFacts[]) => [{ ...leg, state: 'LOST' }, ...legs]],
  [
    'without the choices that were tried',
    ([{ tried: _, ...leg } = CAR, ...legs]: LegFacts[]) => [leg, ...legs],
  ],
  [
    'with more choices tried than the order has',
    ([leg, ...legs]: LegFacts[]) => [{ ...leg, tried: [NO, NO] }, ...legs],
  ],
  [
    'with something else than a holding',
    ([leg, ...legs]: LegFacts[]) => [{ ...leg, holding: { price: 7 } }, ...legs],
  ],
])('facts %s can’t be read', async (_what, change) => {
  const id = await claimed();
  const recorded = someFacts(0);
  const changed = { ...recorded, legs: change([...recorded.legs]) };
  await facts
    .write(id, RUN, { status: 'BOOKING', version: 2, facts: changed as BookingFacts })
    .catch(() => undefined);
  await expect(facts.read(id)).rejects.toThrow("Its facts don't fit its order");
});

test('facts of a leg of which all choices were tried can be read', async () => {
  const id = await claimed();
  const recorded = someFacts(0);
  const legs = recorded.legs.map((leg) => ({ ...leg, state: 'LEFT_OUT' as const, tried: [NO] }));
  await facts.write(id, RUN, { status: 'BOOKING', version: 2, facts: { ...recorded, legs } });
  expect((await facts.read(id))?.facts.legs).toEqual(legs);
});
