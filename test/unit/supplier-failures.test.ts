import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { FAILURE_CODES } from '../../src/model/failures.js';
import { supplierFailure } from '../../src/saga/failures.js';
import { callSupplier } from '../../src/worker/call-supplier.js';
import * as errors from '../../src/worker/suppliers/supplier.port.js';

/** The failure that Temporal gets from a call that threw this. */
async function failureOf(error: unknown): Promise<ApplicationFailure> {
  const environment = new MockActivityEnvironment(
    {},
    { logger: new DefaultLogger('ERROR', () => undefined) },
  );
  const call = () =>
    callSupplier(3, () => {
      throw error;
    });
  return environment.run(call).then(
    () => expect.fail('nothing was thrown'),
    (failure: unknown) => failure as ApplicationFailure,
  );
}

test.each([
  [new errors.SupplierRefused('no'), 'SUPPLIER_REFUSED', true],
  [new errors.OfferSoldOut('no'), 'OFFER_SOLD_OUT', true],
  [new errors.OfferUnknown('no'), 'OFFER_UNKNOWN', true],
  [new errors.SupplierUnavailable('no'), 'SUPPLIER_UNAVAILABLE', false],
  [new errors.SupplierNotConfigured('acme'), 'SUPPLIER_UNAVAILABLE', true],
  [new errors.SupplierOutcomeUnknown('no'), 'SUPPLIER_OUTCOME_UNKNOWN', false],
  [new TypeError('a bug in an adapter'), 'SUPPLIER_OUTCOME_UNKNOWN', false],
  ['a value that is not an error', 'SUPPLIER_OUTCOME_UNKNOWN', false],
])('the type of the activity’s failure is the code that travellers see: %s', async (error, code, isFinal) => {
  const message = error instanceof Error ? error.message : error;
  expect(await failureOf(error)).toMatchObject({
    message,
    type: code,
    nonRetryable: isFinal,
    details: [{ attempt: 3 }],
  });
  expect(FAILURE_CODES).toContain(code);
});

test('a retry delay that the supplier gives is passed on to Temporal', async () => {
  const later = new errors.SupplierOutcomeUnknown('perhaps', { retryAfterMs: 7000 });
  expect(await failureOf(later)).toMatchObject({ nextRetryDelay: 7000 });
  expect((await failureOf(new errors.SupplierUnavailable('down'))).nextRetryDelay).toBeFalsy();
});

test.each([
  ['OFFER_SOLD_OUT', 'OFFER_SOLD_OUT'],
  ['SUPPLIER_REFUSED', 'SUPPLIER_REFUSED'],
  ['TypeError', 'SUPPLIER_OUTCOME_UNKNOWN'],
  ['toString', 'SUPPLIER_OUTCOME_UNKNOWN'],
  [undefined, 'SUPPLIER_OUTCOME_UNKNOWN'],
])('an activity failure of type %s gives the offer the failure code %s', (type, code) => {
  const cause = ApplicationFailure.create({ message: 'no', ...(type !== undefined && { type }) });
  const failure = new ActivityFailure('failed', 'bookCar', '1', 'NON_RETRYABLE_FAILURE', 'a worker', cause);
  expect(supplierFailure(failure)).toEqual({ code, message: 'no' });
});
