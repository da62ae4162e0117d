import { describe, expect, test } from 'vitest';
import { isSandboxId } from '../../src/model/suppliers.js';

describe('a sandbox id', () => {
  test.each([
    'valid-car-id',
    'valid-hotel-id',
    'valid-flight-id',
    'Valid-Car-Id',
    'invalid-car-id',
    'my-INVALID',
  ])('is one of the tutorial’s: %s', (id) => expect(isSandboxId(id)).toBe(true));

  test.each([
    'hotel-down-2',
    'down',
    'car-undo-down',
    'car-lost-1',
    'car-hang',
    'car-late-5',
    'slow-car',
    'HOTEL-DOWN-0',
    'hotel_slow',
  ])('or names a fault: %s', (id) => expect(isSandboxId(id)).toBe(true));
});

describe('not a sandbox id', () => {
  test.each([
    '',
    'car-lisbon-1',
    'valid-car',
    'valid-boat-id',
    'my-valid-car-id',
    'downtown-hotel',
    'countdown-1',
    'slowly',
    'chocolate-hotel',
    'later',
    'down2',
  ])('%j', (id) => expect(isSandboxId(id)).toBe(false));
});

test('checking an id twice gives the same answer', () => {
  expect([1, 2, 3].map(() => isSandboxId('hotel-down-2'))).toEqual([true, true, true]);
});
