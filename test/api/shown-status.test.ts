import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWishes } from '../../src/database/wishes.js';
import { BOOKING_STATUSES, isDone, shownStatus, type BookingStatus } from '../../src/model/booking.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { anOrder } from '../support/trips.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const WISH = { by: 'anonymous', at: '2026-01-01T00:00:00.000Z' };

interface Standing {
  readonly status: BookingStatus;
  readonly undoing: boolean;
  readonly wished: boolean;
}

const ALL = BOOKING_STATUSES.flatMap((status) =>
  [false, true].flatMap((undoing) => [false, true].map((wished): Standing => ({ status, undoing, wished }))),
);
/** Once something is being undone, the booking can't go forward again. */
const isOneWay = ({ status, undoing }: Standing) =>
  undoing && ['PENDING', 'BOOKING', 'CONFIRMED'].includes(status);

const INSERT = `
  insert into bookings (id, reference, booking_order, status, undoing, call_off) values ($1, $1, $2, $3, $4, $5)
  returning shown_status, done`;

async function insert({ status, undoing, wished }: Standing) {
  const order = anOrder();
  const { rows } = await database.pool.query<{ shown_status: string; done: boolean }>(INSERT, [
    order.userId,
    order,
    status,
    undoing,
    wished ? WISH : null,
  ]);
  return { id: order.userId, row: rows[0]! };
}

describe('law 11: lists are filtered by the status that a single read shows', () => {
  test.each(ALL.filter((standing) => !isOneWay(standing)))('%j', async (standing) => {
    const { id, row } = await insert(standing);
    const record = await createWishes(database).find(id);
    expect(row).toEqual({ shown_status: shownStatus(record!), done: isDone(record!) });
    if (standing.wished) expect(['ROLLING_BACK', 'NEEDS_ATTENTION', 'CANCELLED']).toContain(row.shown_status);
  });
});

describe('the one-way door: the table rejects going forward while undoing', () => {
  test.each(ALL.filter(isOneWay))('%j', async (standing) => {
    await expect(insert(standing)).rejects.toMatchObject({ constraint: 'bookings_one_way_door' });
  });
});
