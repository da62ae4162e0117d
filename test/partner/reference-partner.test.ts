import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFaultWords } from '../../src/partner/fault-words.js';
import { createReferencePartner, type ReferencePartner } from '../../src/partner/reference-partner.js';
import { createStock, type Held } from '../../src/partner/stock.js';
import { createPartnerSupplier } from '../../src/worker/suppliers/partner/partner-supplier.js';
import {
  OfferSoldOut,
  type Supplier,
  SupplierOutcomeUnknown,
  SupplierRefused,
} from '../../src/worker/suppliers/supplier.port.js';
import { aCall, aContext, describeSupplier } from '../suppliers/supplier-contract.js';

/** `npm run partner`'s server, called by our adapter. */
const token = 'a-secret-token';
const CAPACITY = 5;
let held: Map<string, Held>;
let partner: ReferencePartner;
let supplier: Supplier;

beforeEach(async () => {
  held = new Map();
  const stock = createStock(CAPACITY, held);
  partner = await createReferencePartner({ stock, token, port: 0, intervene: createFaultWords(1) });
  supplier = createPartnerSupplier({ baseUrl: partner.url, timeoutMs: 20_000, token });
});
afterEach(() => partner.stop());

describeSupplier('the reference partner', () => ({
  supplier,
  offerId: (kind) => `a-${kind}`,
  refusedOfferId: (kind) => `invalid-${kind}`,
  held: (key) => (held.has(key) ? 1 : 0),
}));

/** The error that a call throws; `undefined` if it succeeds. */
const failure = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a reservation', () => {
  test('has a reference of its own, which a repeated call gets too', async () => {
    const [first, second] = [aCall(), aCall()];
    const holding = await supplier.reserve(first, aContext());
    expect(holding).toEqual({
      confirmation: expect.stringMatching(/^[\dA-F]{8}$/) as unknown,
      title: 'an-offer',
    });
    expect(await supplier.reserve(first, aContext(2))).toEqual(holding);
    expect((await supplier.reserve(second, aContext())).confirmation).not.toBe(holding.confirmation);
  });

  test('holds the whole quantity or nothing', async () => {
    const [three, another, two] = [aCall({ quantity: 3 }), aCall({ quantity: 3 }), aCall({ quantity: 2 })];
    await supplier.reserve(three, aContext());
    expect(await failure(supplier.reserve(another, aContext()))).toBeInstanceOf(OfferSoldOut);
    await supplier.reserve(two, aContext());
    expect([...held.values()].map(({ quantity }) => quantity)).toEqual([3, 2]);
    await supplier.reserve(aCall({ offerId: 'another-offer', quantity: 5 }), aContext());
  });

  test('is refused for good once the offer was sold out, even if a copy of the request arrives when it no longer is', async () => {
    const [all, late] = [aCall({ quantity: CAPACITY }), aCall()];
    await supplier.reserve(all, aContext());
    expect(await failure(supplier.reserve(late, aContext()))).toBeInstanceOf(OfferSoldOut);
    await supplier.release(all, aContext());
    expect(await failure(supplier.reserve(late, aContext()))).toBeInstanceOf(OfferSoldOut);
    expect(held.size).toBe(0);
    await supplier.reserve(aCall(), aContext());
  });

  test('gives its quantity back when it is released', async () => {
    const all = aCall({ quantity: CAPACITY });
    await supplier.reserve(all, aContext());
    await supplier.release(all, aContext());
    await supplier.reserve(aCall({ quantity: CAPACITY }), aContext());
  });

  test('is not changed by a call with another content, which is not said to have done nothing', async () => {
    const call = aCall();
    await supplier.reserve(call, aContext());
    for (const other of [{ quantity: 2 }, { offerId: 'another-offer' }, { kind: 'HOTEL' as const }]) {
      const error = await failure(supplier.reserve({ ...call, ...other }, aContext()));
      expect(error).toBeInstanceOf(SupplierOutcomeUnknown);
    }
    expect([...held.values()]).toMatchObject([{ leg: 'CAR', offerId: 'an-offer', quantity: 1 }]);
  });
});

describe('a request', () => {
  const wanted = { leg: 'CAR', offerId: 'an-offer', quantity: 1 };
  const ask = async (init: RequestInit & { path?: string }) => {
    const { path = '/reservations/trip-1%2Fcar', ...rest } = init;
    const headers = { Authorization: `Bearer ${token}`, 'Idempotency-Key': 'once', ...rest.headers };
    const response = await fetch(partner.url + path, { body: JSON.stringify(wanted), ...rest, headers });
    return [response.status, await response.json()] as const;
  };

  test.each<[string, number, string, Parameters<typeof ask>[0]]>([
    ['without the token', 401, 'UNAUTHORIZED', { method: 'PUT', headers: { Authorization: '' } }],
    ['for another page', 404, 'NO_SUCH_PAGE', { method: 'PUT', path: '/offers' }],
    ['with an undecodable key', 404, 'NO_SUCH_PAGE', { method: 'PUT', path: '/reservations/%E0' }],
    ['with another method', 405, 'METHOD_NOT_ALLOWED', { method: 'POST' }],
    ['with invalid JSON', 400, 'BAD_REQUEST', { method: 'PUT', body: '{' }],
    ...[{ quantity: 0 }, { quantity: 1.5 }, { quantity: '1' }, { leg: 'SHIP' }, { offerId: 7 }].map(
      (wrong): [string, number, string, RequestInit] => [
        `with ${JSON.stringify(wrong)}`,
        ...([400, 'BAD_REQUEST'] as const),
        { method: 'PUT', body: JSON.stringify({ ...wanted, ...wrong }) },
      ],
    ),
  ])('%s is refused, and nothing is held', async (_what, status, code, init) => {
    expect(await ask(init)).toEqual([status, { code }]);
    expect(held.size).toBe(0);
  });

  test('without an Idempotency-Key is refused', async () => {
    const { status } = await fetch(`${partner.url}/reservations/a`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(status).toBe(400);
  });
});

describe('the words of an offer id', () => {
  const reserve = (offerId: string) => {
    const call = aCall({ offerId });
    const attempts = (attempt: number) => failure(supplier.reserve(call, aContext(attempt)));
    return { call, attempts, isHeld: () => held.has(call.reservationKey) };
  };

  test('down: it is unavailable, and nothing is held', async () => {
    const { attempts, isHeld } = reserve('car-down-1');
    expect(await attempts(1)).toBeInstanceOf(SupplierOutcomeUnknown);
    expect(isHeld()).toBe(false);
    expect(await attempts(2)).toBeUndefined();
    expect(isHeld()).toBe(true);
  });

  test('invalid: it is refused', async () => {
    const { attempts, isHeld } = reserve('invalid-car');
    expect(await attempts(1)).toBeInstanceOf(SupplierRefused);
    expect(isHeld()).toBe(false);
  });

  test('lost: it is held, and the connection breaks before the answer', async () => {
    const { attempts, isHeld } = reserve('car-lost-1');
    expect(await attempts(1)).toBeInstanceOf(SupplierOutcomeUnknown);
    expect(isHeld()).toBe(true);
    expect(await attempts(2)).toBeUndefined();
  });

  test('hang: it is held, and no answer comes', async () => {
    const { call, isHeld } = reserve('car-hang-1');
    const giveUp = new AbortController();
    const answer = failure(supplier.reserve(call, { attempt: 1, signal: giveUp.signal }));
    await expect.poll(isHeld).toBe(true);
    giveUp.abort();
    expect(await answer).toBeInstanceOf(SupplierOutcomeUnknown);
    expect(await failure(supplier.reserve(call, aContext(2)))).toBeUndefined();
  });

  test('late: the first attempt fails, and arrives later', async () => {
    const { attempts, isHeld } = reserve('car-late-100');
    expect(await attempts(1)).toBeInstanceOf(SupplierOutcomeUnknown);
    await expect.poll(isHeld).toBe(true);
  });

  test('late, but released before it arrives: the tombstone refuses it', async () => {
    const { call, attempts } = reserve('car-late-0');
    const arrived: unknown[] = [];
    const stock = createStock(CAPACITY, held);
    const observed = await createReferencePartner({
      port: 0,
      intervene: createFaultWords(0),
      stock: {
        ...stock,
        reserve: (key, wanted) =>
          stock.reserve(key, wanted).catch((error: unknown) => {
            arrived.push(error);
            throw error;
          }),
      },
    });
    supplier = createPartnerSupplier({ baseUrl: observed.url, timeoutMs: 20_000 });
    await supplier.release(call, aContext());
    await attempts(1);
    await expect.poll(() => arrived).toMatchObject([{ code: 'RELEASED' }]);
    expect(held.size).toBe(0);
    await observed.stop();
  });

  test('slow: it takes longer', async () => {
    const { attempts, isHeld } = reserve('car-slow-1');
    expect(await attempts(1)).toBeUndefined();
    expect(isHeld()).toBe(true);
  });

  test('undo-down: its release is unavailable', async () => {
    const { call, attempts, isHeld } = reserve('car-undo-down-1');
    expect(await attempts(1)).toBeUndefined();
    expect(await failure(supplier.release(call, aContext()))).toBeInstanceOf(SupplierOutcomeUnknown);
    expect(isHeld()).toBe(true);
    await supplier.release(call, aContext(2));
    expect(isHeld()).toBe(false);
  });
});
