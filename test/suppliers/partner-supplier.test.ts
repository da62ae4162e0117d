import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPartnerSupplier } from '../../src/worker/suppliers/partner/partner-supplier.js';
import {
  createSandboxBook,
  createSandboxSupplier,
} from '../../src/worker/suppliers/sandbox/sandbox-supplier.js';
import {
  OfferSoldOut,
  OfferUnknown,
  type Supplier,
  SupplierOutcomeUnknown,
  SupplierRefused,
} from '../../src/worker/suppliers/supplier.port.js';
import { createPartnerServer, type PartnerServer } from '../support/partner-server.js';
import { aCall, aContext, describeSupplier } from './supplier-contract.js';

const token = 'a-secret-token';
const book = createSandboxBook();
let partner: PartnerServer;
let supplier: Supplier;

beforeAll(async () => {
  partner = await createPartnerServer({ supplier: createSandboxSupplier({ delayMs: 0, book }), token });
  supplier = createPartnerSupplier({ baseUrl: partner.url, timeoutMs: 20_000, token });
});
afterAll(() => partner.stop());

describeSupplier('the partner supplier', () => ({
  supplier,
  offerId: (kind) => `${kind}-down-0`,
  refusedOfferId: (kind) => `invalid-${kind}-down-0`,
  held: (key) => (book.holds(key) ? 1 : 0),
}));

const requestsFor = (key: string) => partner.requests.filter((request) => request.key === key);

/** Calls the partner and abandons the call as soon as it has arrived there. */
async function giveUpOnArrival(call: ReturnType<typeof aCall>) {
  const giveUp = new AbortController();
  const reserving = supplier.reserve(call, { attempt: 1, signal: giveUp.signal });
  const failed = expect(reserving).rejects.toThrow(SupplierOutcomeUnknown);
  await expect.poll(() => requestsFor(call.reservationKey)).toHaveLength(1);
  giveUp.abort();
  await failed;
}

test('a request contains what the partner needs, and the slash in the key stays part of the key', async () => {
  const call = aCall({ kind: 'FLIGHT', offerId: 'a/b?c' });
  await supplier.reserve(call, aContext());
  await supplier.release({ ...call, idempotencyKey: 'for the release' }, aContext());
  const [put, remove] = requestsFor(call.reservationKey);
  expect(put).toMatchObject({
    method: 'PUT',
    headers: {
      'idempotency-key': call.idempotencyKey,
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json',
    },
  });
  expect(JSON.parse(put?.body ?? '')).toEqual({ leg: 'FLIGHT', offerId: 'a/b?c', quantity: 1 });
  expect(remove).toMatchObject({
    method: 'DELETE',
    headers: { 'idempotency-key': 'for the release', authorization: `Bearer ${token}` },
    body: '',
  });
});

test('a lost reply and a retry with the same keys make one reservation', async () => {
  const call = aCall();
  partner.faults.next({ when: 'after', instead: 'reset' });
  await expect(supplier.reserve(call, aContext(1))).rejects.toThrow(SupplierOutcomeUnknown);
  expect(book.holds(call.reservationKey)).toBe(true);
  await supplier.reserve(call, aContext(2));
  expect(book.heldKeys().filter((key) => key === call.reservationKey)).toHaveLength(1);
  const keys = requestsFor(call.reservationKey).map(({ headers }) => headers['idempotency-key']);
  expect(keys).toEqual([call.idempotencyKey, call.idempotencyKey]);
});

test('a release after a reply that never came leaves nothing held', async () => {
  const call = aCall();
  partner.faults.next({ when: 'after', instead: 'hang' });
  await giveUpOnArrival(call);
  await expect.poll(() => book.holds(call.reservationKey)).toBe(true);
  await supplier.release(call, aContext());
  expect(book.holds(call.reservationKey)).toBe(false);
});

test('a reserve that the partner handles only after the release is refused', async () => {
  const call = aCall();
  let arrive = () => {};
  const until = new Promise<void>((resolve) => (arrive = resolve));
  partner.faults.next({ until, when: 'after', instead: 'the usual' });
  await giveUpOnArrival(call);
  await supplier.release(call, aContext());
  arrive();
  await expect.poll(() => requestsFor(call.reservationKey)[0]?.answer?.status).toBe(410);
  await expect(supplier.reserve(call, aContext(2))).rejects.toThrow(SupplierRefused);
  expect(book.holds(call.reservationKey)).toBe(false);
});

test('releasing again recovers from a lost reply to a release', async () => {
  const call = aCall();
  await supplier.reserve(call, aContext());
  partner.faults.next({ when: 'before', instead: 'reset' }, { when: 'after', instead: 'reset' });
  await expect(supplier.release(call, aContext(1))).rejects.toThrow(SupplierOutcomeUnknown);
  expect(book.holds(call.reservationKey)).toBe(true);
  await expect(supplier.release(call, aContext(2))).rejects.toThrow(SupplierOutcomeUnknown);
  await supplier.release(call, aContext(3));
  expect(book.holds(call.reservationKey)).toBe(false);
});

test('a wrong token is refused with a message for the operator', async () => {
  const stranger = createPartnerSupplier({ baseUrl: partner.url, timeoutMs: 20_000, token: 'wrong-token' });
  const refusal = expect(stranger.reserve(aCall(), aContext())).rejects;
  await refusal.toThrow('rejected our credentials; an operator must check them (401)');
});

test.each([
  new OfferSoldOut('sold out'),
  new OfferUnknown('unknown'),
  new SupplierRefused('no'),
  new SupplierOutcomeUnknown('perhaps', { retryAfterMs: 5000 }),
])('the answer of the supplier behind the partner is passed on: %o', async (error) => {
  const failing = { reserve: () => Promise.reject(error), release: () => Promise.reject(error) };
  const between = await createPartnerServer({ supplier: failing });
  try {
    const reserving = createPartnerSupplier({ baseUrl: between.url, timeoutMs: 20_000 }).reserve(
      aCall(),
      aContext(),
    );
    const came: unknown = await reserving.catch((reason: unknown) => reason);
    const { name, retryAfterMs } = error;
    expect(came).toMatchObject({ name, retryAfterMs });
  } finally {
    await between.stop();
  }
});
