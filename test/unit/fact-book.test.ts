import { expect, test } from 'vitest';
import { noFacts } from '../../src/model/booking.js';
import { createFactBook } from '../../src/saga/fact-book.js';
import { anOrder } from '../support/trips.js';

test('law 12: of a booking that goes on and on, the latest two hundred events are kept', () => {
  const book = createFactBook(noFacts(anOrder()), () => undefined);
  for (let n = 1; n <= 250; n++) book.leg('car', { state: 'UNDO_FAILED', attempts: n });
  const { events } = book.view();
  expect(events).toHaveLength(200);
  expect(events.at(0)).toMatchObject({ attempt: 51 });
  expect(events.at(-1)).toMatchObject({ attempt: 250 });
});

test('the first reason stands, unless it is that the booking was stopped from outside', () => {
  const book = createFactBook(noFacts(anOrder()), () => undefined);
  book.failed({ code: 'TERMINATED', message: 'stopped' });
  book.failed({ code: 'SUPPLIER_REFUSED', message: 'no' });
  book.failed({ code: 'CANCELLED', message: 'called off' });
  expect(book.view().failure).toEqual({ code: 'SUPPLIER_REFUSED', message: 'no' });
});

test('a booking that is let go on begins with nothing known of its legs, and no failure', () => {
  const book = createFactBook(noFacts(anOrder()), () => undefined);
  book.leg('car', { state: 'FAILED', lastError: 'doubt' });
  book.failed({ code: 'TERMINATED', message: 'stopped' });
  book.decided();
  book.resume();
  const { legs, failure, resumedAt } = book.view();
  expect(legs).toEqual(noFacts(anOrder()).legs);
  expect(failure).toBeUndefined();
  expect(resumedAt).toBeDefined();
});
