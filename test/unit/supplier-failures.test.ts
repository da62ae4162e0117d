import { describe, expect, test } from 'vitest';
import { FAILURE_CODES, SUPPLIER_FAILURES } from '../../src/model/failures.js';
import * as errors from '../../src/worker/suppliers/supplier-errors.js';

test('the suppliers’ errors are those that the model has codes for, and no others', () => {
  const names = Object.values(errors).map((SupplierError) => new SupplierError('…').name);
  expect(names.sort()).toEqual(Object.keys(SUPPLIER_FAILURES).sort());
});

test('each of them has the name of its class', () => {
  for (const [name, SupplierError] of Object.entries(errors)) expect(new SupplierError('…').name).toBe(name);
});

describe('the code that travellers read', () => {
  test.each([
    ['SupplierRefused', 'SUPPLIER_REFUSED'],
    ['OfferSoldOut', 'OFFER_SOLD_OUT'],
    ['OfferUnknown', 'OFFER_UNKNOWN'],
    ['SupplierUnavailable', 'SUPPLIER_UNAVAILABLE'],
    ['SupplierNotConfigured', 'SUPPLIER_UNAVAILABLE'],
    ['SupplierOutcomeUnknown', 'SUPPLIER_OUTCOME_UNKNOWN'],
  ] as const)('of %s is %s', (type, code) => {
    expect(SUPPLIER_FAILURES[type]).toBe(code);
  });

  test('is in the list once, however many failures have it', () => {
    expect(FAILURE_CODES).toEqual([...new Set(FAILURE_CODES)]);
    expect(FAILURE_CODES).toEqual(expect.arrayContaining(Object.values(SUPPLIER_FAILURES)));
  });
});
