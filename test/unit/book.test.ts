import { beforeEach, expect, test } from 'vitest';
import { createBook } from '../../src/api/booking/book.js';
import { createOrder } from '../../src/api/booking/order.js';
import { fromRecord } from '../../src/api/booking/read.js';
import { fromVacation } from '../../src/api/booking/requested-trip.js';
import { createWaitBudget } from '../../src/api/shared/wait-budget.js';
import type { BookingRecord } from '../../src/model/booking.js';
import { ANONYMOUS } from '../../src/model/order.js';
import { aRecord } from '../support/trips.js';

const POLICY = { deadlineSeconds: 900, undoAttempts: 10 };
const TRIP = { name: 'John Doe', attempts: 5, car: 'a', hotel: 'b', flight: 'c', waitSeconds: 30 };
const REQUEST = fromVacation({ ...TRIP, idempotencyKey: 'a-key' });
const CONTEXT = {
  caller: ANONYMOUS,
  requestId: 'a-request',
  clientAddress: undefined,
  clientGone: new AbortController().signal,
  waits: createWaitBudget(),
};

const steps: string[] = [];
beforeEach(() => void (steps.length = 0));

function bookOver(find: (id: string) => BookingRecord | undefined) {
  return createBook({
    wishes: { find: async (id) => find(id), accept: async (id, order) => aRecord(order, { id }) },
    nudger: { start: async () => void steps.push('start') },
    reader: { readOn: async (record) => fromRecord(record) },
    wait: async (known, _milliseconds, _waiter, isNew) => {
      steps.push(isNew ? 'wait for news' : 'read and wait for news');
      return known;
    },
    policy: POLICY,
    idStyle: 'opaque',
  });
}

const orderLegs = async () => ({ ok: true, value: [] }) as const;

test('the wait for a new booking begins before its start, and needs no read', async () => {
  const book = bookOver(() => undefined);
  expect(await book(REQUEST, orderLegs, CONTEXT)).toMatchObject({ replayed: false, userErrors: [] });
  expect(steps).toEqual(['wait for news', 'start']);
});

test('a wait of a repeated request reads the booking, because there may have been news since it was found', async () => {
  const terms = { legs: [], ...CONTEXT, policy: POLICY, idempotencyKey: 'a-key' };
  const book = bookOver((id) => aRecord(createOrder('john-doe-1', REQUEST.trip, terms), { id }));
  expect(await book(REQUEST, orderLegs, CONTEXT)).toMatchObject({ replayed: true, userErrors: [] });
  expect(steps).toEqual(['read and wait for news']);
});
