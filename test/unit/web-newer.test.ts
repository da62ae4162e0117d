import { expect, test } from 'vitest';
import { newer } from '../../src/web/booking/newer.js';

const early = { asOf: '2026-11-27T10:00:00.000Z', done: false };
const late = { asOf: '2026-11-27T10:00:01.000Z', done: false };

test('of two responses the newer one is shown, in whichever order they arrive', () => {
  expect(newer(early, late)).toBe(late);
  expect(newer(late, early)).toBe(late);
  expect(newer(undefined, early)).toBe(early);
});

test('a booking that is done is shown even if a clock is slow', () => {
  const done = { ...early, done: true };
  expect(newer(late, done)).toBe(done);
});

test('a booking that is called off after it was done is shown once it is newer', () => {
  expect(newer({ ...early, done: true }, late)).toBe(late);
});
