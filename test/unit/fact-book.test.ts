import { expect, test } from 'vitest';
import { noFacts } from '../../src/model/booking.js';
import { createFactBook } from '../../src/saga/fact-book.js';
import { anOrder } from '../support/trips.js';

test('law 12: only the latest fifty events of a leg are kept, without affecting the other legs', () => {
  const book = createFactBook(noFacts(anOrder()), () => undefined);
  book.leg('hotel', { state: 'UNDONE' });
  for (let n = 1; n <= 150; n++) book.leg('car', { state: 'UNDO_FAILED', attempts: n });
  const { events, changes } = book.view();
  expect(events).toHaveLength(51);
  expect(events.at(0)).toMatchObject({ legId: 'hotel' });
  expect(events.at(1)).toMatchObject({ legId: 'car', attempt: 101 });
  expect(events.at(-1)).toMatchObject({ attempt: 150 });
  expect(changes).toBe(151);
});

test('every change is counted, continuing the count of an earlier run', () => {
  const book = createFactBook({ ...noFacts(anOrder()), changes: 7 }, () => undefined);
  book.leg('car', { state: 'RUNNING' });
  book.failed({ code: 'CANCELLED', message: 'called off' });
  book.decided();
  book.resume();
  expect(book.view().changes).toBe(11);
});

test('no text contains characters that PostgreSQL rejects', () => {
  const book = createFactBook(noFacts(anOrder()), () => undefined);
  book.leg('car', { state: 'FAILED', lastError: 'half \ud83d of a character, and \0' });
  book.leg('car', { state: 'UNDONE', note: 'by \0 hand' });
  const refusal = { code: 'SUPPLIER_REFUSED', message: 'no \0 room' } as const;
  book.leg('hotel', { state: 'FAILED', failure: refusal });
  book.gaveUp('hotel', refusal);
  book.failed({ code: 'SUPPLIER_REFUSED', message: `${'x'.repeat(499)}😀😀` });
  expect(JSON.stringify(book.view())).not.toMatch(/\\u0000|\\ud83d/);
  expect(book.view().failure?.message).toBe(`${'x'.repeat(499)}😀`);
});

test('the first failure is kept, unless it is TERMINATED', () => {
  const book = createFactBook(noFacts(anOrder()), () => undefined);
  book.failed({ code: 'TERMINATED', message: 'stopped' });
  book.failed({ code: 'SUPPLIER_REFUSED', message: 'no' });
  book.failed({ code: 'CANCELLED', message: 'called off' });
  expect(book.view().failure).toEqual({ code: 'SUPPLIER_REFUSED', message: 'no' });
});

test('a resumed booking starts with no state of its legs and no failure', () => {
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

const REFUSAL = { code: 'SUPPLIER_REFUSED', message: 'no' } as const;
const LOSS = { code: 'SUPPLIER_OUTCOME_UNKNOWN', message: 'lost', mayBeHeld: true } as const;
const hotelOf = (book: ReturnType<typeof createFactBook>) =>
  book.view().legs.find(({ id }) => id === 'hotel')!;

test('law 13: what was given up stays given up in a resumed booking, and what may be held stays in doubt', () => {
  const book = createFactBook(noFacts(anOrder()), () => undefined);
  book.gaveUp('hotel', LOSS);
  book.gaveUp('hotel', REFUSAL);
  book.leg('hotel', { state: 'LEFT_OUT' });
  book.resume();
  expect(hotelOf(book)).toEqual({ id: 'hotel', state: 'PENDING', attempts: 0, tried: [LOSS, REFUSAL] });
});

test('law 13: only the choice that was released is no longer in doubt', () => {
  const book = createFactBook(noFacts(anOrder()), () => undefined);
  book.gaveUp('hotel', LOSS);
  book.gaveUp('hotel', LOSS);
  book.released('hotel', 1);
  const { mayBeHeld: _, ...released } = LOSS;
  expect(hotelOf(book).tried).toEqual([LOSS, released]);
  // The current choice isn't among those given up.
  book.released('hotel', 2);
  expect(hotelOf(book).tried).toEqual([LOSS, released]);
});

test('what was said about a choice is not said about the next one', () => {
  const book = createFactBook(noFacts(anOrder()), () => undefined);
  book.leg('hotel', { state: 'FAILED', lastError: 'no', failure: REFUSAL, attempts: 3 });
  book.gaveUp('hotel', REFUSAL);
  book.leg('hotel', { state: 'RUNNING', note: 'Trying another.' });
  expect(hotelOf(book)).toEqual({
    id: 'hotel',
    state: 'RUNNING',
    attempts: 0,
    tried: [REFUSAL],
    since: expect.any(String) as string,
  });
});
