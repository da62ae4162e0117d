import { expect, test } from 'vitest';
import { parseFaults } from '../../src/model/sandbox-faults.js';

const NONE = { invalid: false, lost: 0, hang: 0, slowSeconds: 0, undoDown: 0 };

test.each([
  ['valid-car-id', {}],
  ['invalid-hotel-id', { invalid: true }],
  ['my-InVaLiD', { invalid: true }],
  ['hotel-down-2', { down: 2 }],
  ['hotel-down-0', { down: 0 }],
  ['down', { down: Infinity }],
  ['car-lost-2', { lost: 2 }],
  ['car-hang', { hang: Infinity }],
  ['car-late-5', { lateSeconds: 5 }],
  ['car-late', { lateSeconds: 3 }],
  ['car-undo-down-3', { undoDown: 3 }],
  ['car-undo-down', { undoDown: Infinity }],
  ['car-down-1-undo-down-2-slow-4', { down: 1, slowSeconds: 4, undoDown: 2 }],
  ['slow-car', { slowSeconds: 3 }],
  ['downtown-hotel', {}],
  ['slowly-hotel-countdown-1', {}],
])('%s', (offerId, expected) => {
  expect(parseFaults(offerId)).toEqual({ ...NONE, ...expected });
});
