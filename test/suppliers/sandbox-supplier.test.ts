import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  createSandboxBook,
  createSandboxSupplier,
} from '../../src/worker/suppliers/sandbox/sandbox-supplier.js';
import { SupplierOutcomeUnknown, SupplierUnavailable } from '../../src/worker/suppliers/supplier.port.js';
import { aCall, aContext, describeSupplier } from './supplier-contract.js';

function openSandbox(delayMs = 0) {
  const book = createSandboxBook();
  return { book, supplier: createSandboxSupplier({ delayMs, book }) };
}

describeSupplier('the sandbox', () => {
  const { book, supplier } = openSandbox();
  return {
    supplier,
    // Without `down-0` the tutorial's hotel is down on its first attempt.
    offerId: (kind) => `${kind}-down-0`,
    refusedOfferId: (kind) => `invalid-${kind}-down-0`,
    held: (key) => (book.holds(key) ? 1 : 0),
  };
});

test('down: an error before the effect, on as many attempts as the id says', async () => {
  const { supplier, book } = openSandbox();
  const request = aCall({ offerId: 'car-down-2' });
  for (const attempt of [1, 2]) {
    await expect(supplier.reserve(request, aContext(attempt))).rejects.toThrow(SupplierUnavailable);
    expect(book.holds(request.reservationKey)).toBe(false);
  }
  await supplier.reserve(request, aContext(3));
  expect(book.holds(request.reservationKey)).toBe(true);
});

test('lost: an error after the effect', async () => {
  const { supplier, book } = openSandbox();
  const request = aCall({ offerId: 'car-lost-1' });
  await expect(supplier.reserve(request, aContext())).rejects.toThrow(SupplierOutcomeUnknown);
  expect(book.holds(request.reservationKey)).toBe(true);
  await supplier.reserve(request, aContext(2));
  expect(book.heldKeys()).toEqual([request.reservationKey]);
});

test('a lost answer’s confirmation is given again, also by another process, and each key has its own', async () => {
  const request = aCall({ offerId: 'car-lost-1' });
  const { supplier } = openSandbox();
  await expect(supplier.reserve(request, aContext())).rejects.toThrow(SupplierOutcomeUnknown);
  const again = await supplier.reserve(request, aContext(2));
  expect(again).toEqual({ confirmation: expect.stringMatching(/^[\dA-F]{8}$/) as unknown });
  expect(await openSandbox().supplier.reserve(request, aContext(3))).toEqual(again);
  expect(await supplier.reserve(aCall({ offerId: 'a-car' }), aContext())).not.toEqual(again);
});

test('hang: the call takes effect but never answers', async () => {
  const { supplier, book } = openSandbox();
  const request = aCall({ offerId: 'car-hang-1' });
  const giveUp = new AbortController();
  const call = supplier.reserve(request, { attempt: 1, signal: giveUp.signal });
  await expect.poll(() => book.holds(request.reservationKey)).toBe(true);
  giveUp.abort();
  await expect(call).rejects.toThrow(SupplierOutcomeUnknown);
});

test('undo-down: the release succeeds only when the service is up again', async () => {
  const { supplier, book } = openSandbox();
  const request = aCall({ offerId: 'car-undo-down-1' });
  await supplier.reserve(request, aContext());
  await expect(supplier.release(request, aContext())).rejects.toThrow(SupplierUnavailable);
  expect(book.holds(request.reservationKey)).toBe(true);
  await supplier.release(request, aContext(2));
  expect(book.holds(request.reservationKey)).toBe(false);
});

test('an undo retried by an operator continues the count of its attempts', async () => {
  const { supplier } = openSandbox();
  const request = aCall({ offerId: 'car-undo-down-2' });
  await expect(supplier.release(request, aContext(1))).rejects.toThrow(SupplierUnavailable);
  await expect(supplier.release(request, aContext(1))).rejects.toThrow(SupplierUnavailable);
  await supplier.release(request, aContext(1));
});

test('slow: a call abandoned while it waits holds nothing', async () => {
  const { supplier, book } = openSandbox(1000);
  const giveUp = new AbortController();
  const request = aCall({ offerId: 'car-slow-60' });
  const call = supplier.reserve(request, { attempt: 1, signal: giveUp.signal });
  giveUp.abort();
  await expect(call).rejects.toThrow(SupplierOutcomeUnknown);
  expect(book.holds(request.reservationKey)).toBe(false);
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('late: the reservation arrives after the call has failed', async () => {
  const { supplier, book } = openSandbox(1000);
  const request = aCall({ offerId: 'car-late-5' });
  await expect(supplier.reserve(request, aContext())).rejects.toThrow(SupplierOutcomeUnknown);
  expect(book.holds(request.reservationKey)).toBe(false);
  await vi.advanceTimersByTimeAsync(5000);
  expect(book.holds(request.reservationKey)).toBe(true);
});

test('late: a reservation that arrives after its release is refused by the tombstone', async () => {
  const { supplier, book } = openSandbox(1000);
  const request = aCall({ offerId: 'car-late-5' });
  await expect(supplier.reserve(request, aContext())).rejects.toThrow(SupplierOutcomeUnknown);
  await supplier.release(request, aContext());
  await vi.advanceTimersByTimeAsync(5000);
  expect(book.heldKeys()).toEqual([]);
});
