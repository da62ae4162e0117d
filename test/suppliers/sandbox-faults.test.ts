import { expect, test } from 'vitest';
import { parseFaults } from '../../src/suppliers/sandbox/faults.js';

test.each([
  ['valid-car-id', { invalid: false, slowSeconds: 0, undoDown: 0 }],
  ['invalid-hotel-id', { invalid: true, slowSeconds: 0, undoDown: 0 }],
  ['my-InVaLiD', { invalid: true, slowSeconds: 0, undoDown: 0 }],
  ['hotel-down-2', { invalid: false, down: 2, slowSeconds: 0, undoDown: 0 }],
  ['down', { invalid: false, down: Infinity, slowSeconds: 0, undoDown: 0 }],
  ['car-undo-down-3', { invalid: false, slowSeconds: 0, undoDown: 3 }],
  ['car-undo-down', { invalid: false, slowSeconds: 0, undoDown: Infinity }],
  ['car-down-1-undo-down-2-slow-4', { invalid: false, down: 1, slowSeconds: 4, undoDown: 2 }],
  ['slow-car', { invalid: false, slowSeconds: 3, undoDown: 0 }],
  ['downtown-hotel', { invalid: false, slowSeconds: 0, undoDown: 0 }],
  ['slowly-hotel-countdown-1', { invalid: false, slowSeconds: 0, undoDown: 0 }],
])('%s', (offerId, expected) => {
  expect(parseFaults(offerId)).toEqual(expected);
});
