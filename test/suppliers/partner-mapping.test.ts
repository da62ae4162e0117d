import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isHolding } from '../../src/model/holding.js';
import { createPartnerSupplier } from '../../src/worker/suppliers/partner/partner-supplier.js';
import { createSandboxSupplier } from '../../src/worker/suppliers/sandbox/sandbox-supplier.js';
import {
  OfferSoldOut,
  OfferUnknown,
  SupplierOutcomeUnknown,
  SupplierRefused,
} from '../../src/worker/suppliers/supplier.port.js';
import { createPartnerServer, type Fault, type PartnerServer } from '../support/partner-server.js';
import { aCall, aContext } from './supplier-contract.js';

const token = 'a-secret-token';
const retrySoon = { 'Retry-After': '7' };
let partner: PartnerServer;

beforeAll(async () => {
  partner = await createPartnerServer({ supplier: createSandboxSupplier({ delayMs: 0 }) });
});
afterAll(() => partner.stop());

type Step = 'reserve' | 'release';

/** The error that the call throws when the partner answers this way; `undefined` if it succeeds. */
async function outcome(step: Step, instead: Fault['instead'], when: Fault['when'] = 'before', attempt = 1) {
  partner.faults.next({ when, instead });
  const supplier = createPartnerSupplier({ baseUrl: partner.url, timeoutMs: 20_000, token });
  return supplier[step](aCall(), aContext(attempt)).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
}

const done = undefined;
const [refused, unknown] = [SupplierRefused, SupplierOutcomeUnknown];
type Expected = typeof done | typeof refused | typeof unknown;

/** Status, body and headers, what the answer means to reserve, what it means to release. */
const ANSWERS: [number, { body?: unknown; headers?: Record<string, string> }, Expected, Expected][] = [
  [200, { body: { state: 'HELD' } }, done, unknown],
  [200, { body: { state: 'RELEASED' } }, unknown, done],
  [200, { body: '{"state":"HELD"' }, unknown, unknown],
  [200, { body: '<html>Please log in</html>' }, unknown, unknown],
  [200, { body: 'null' }, unknown, unknown],
  [200, { body: '' }, unknown, unknown],
  [201, { body: { state: 'HELD' } }, done, unknown],
  [202, { body: { state: 'HELD' } }, unknown, unknown],
  [204, {}, unknown, done],
  [301, { headers: { Location: '/v1/reservations/elsewhere' } }, unknown, unknown],
  [303, { headers: { Location: '/v1/reservations/elsewhere' } }, unknown, unknown],
  [307, { headers: { Location: '/v1/reservations/elsewhere' } }, unknown, unknown],
  [400, {}, refused, refused],
  [401, {}, refused, refused],
  [403, {}, refused, refused],
  [404, { body: { code: 'UNKNOWN_OFFER' } }, OfferUnknown, unknown],
  [404, { body: 'Not found' }, refused, unknown],
  [404, { body: { code: 'SOLD_OUT' } }, OfferSoldOut, unknown],
  [405, {}, refused, refused],
  [408, { headers: retrySoon }, unknown, unknown],
  [409, { body: { code: 'SOLD_OUT' } }, OfferSoldOut, unknown],
  [409, { body: { code: 'UNKNOWN_OFFER' } }, OfferUnknown, unknown],
  [409, { body: { code: 'RELEASED' } }, refused, unknown],
  [409, { body: { code: 'REFUSED' } }, refused, refused],
  [409, { body: { code: 'sold_out' } }, unknown, unknown],
  [409, { body: { code: 'toString' } }, unknown, unknown],
  [409, { body: { code: ['SOLD_OUT'] } }, unknown, unknown],
  [409, { body: '"SOLD_OUT"' }, unknown, unknown],
  [409, {}, unknown, unknown],
  [410, {}, refused, unknown],
  [422, { body: { code: 'REFUSED' } }, refused, refused],
  [425, {}, unknown, unknown],
  [429, {}, unknown, unknown],
  [429, { headers: retrySoon }, unknown, unknown],
  [429, { body: { code: 'SOLD_OUT' }, headers: retrySoon }, OfferSoldOut, unknown],
  [500, {}, unknown, unknown],
  [500, { body: { code: 'UNKNOWN_OFFER' } }, OfferUnknown, unknown],
  [502, { headers: retrySoon }, unknown, unknown],
  [503, { headers: retrySoon }, unknown, unknown],
  [503, { body: { code: 'REFUSED' } }, refused, refused],
  [503, {}, unknown, unknown],
  [504, {}, unknown, unknown],
  [599, {}, unknown, unknown],
];

describe.each(['reserve', 'release'] as const)('what an answer means to %s', (step) => {
  test.each(ANSWERS)('%i with %j', async (status, reply, onReserve, onRelease) => {
    const expected = step === 'reserve' ? onReserve : onRelease;
    const error = await outcome(step, { status, ...reply });
    expect(error?.constructor, error?.message).toBe(expected);
    if (error) expect(error.message).toMatch(/^Car service /);
  });
});

test.each([301, 302, 307, 308])(
  'a redirect (%i) is not followed, because the token would be sent along',
  async (status) => {
    const before = partner.requests.length;
    await outcome('reserve', { status, headers: { Location: `${partner.url}/reservations/elsewhere` } });
    expect(partner.requests.slice(before).map(({ method }) => method)).toEqual(['PUT']);
  },
);

describe('the delay before a retry', () => {
  const wait = async (headers: Record<string, string | string[]>, attempt = 1) => {
    const error = await outcome('reserve', { status: 429, headers }, 'before', attempt);
    expect(error).toBeInstanceOf(SupplierOutcomeUnknown);
    return (error as SupplierOutcomeUnknown).retryAfterMs;
  };
  const Date = 'Wed, 21 Oct 2026 07:28:00 GMT';
  const later = 'Wed, 21 Oct 2026 07:28:30 GMT';

  test.each<[string, Record<string, string | string[]>, number]>([
    ['seconds', { 'Retry-After': '7' }, 7000],
    ["a date, by the partner's own clock", { Date, 'Retry-After': later }, 30_000],
    ['no longer than ten minutes', { 'Retry-After': '86400' }, 600_000],
    ['the first of two', { 'Retry-After': ['7', '9'] }, 7000],
    ['the first of two dates', { Date, 'Retry-After': [later, 'Thu, 22 Oct 2026 07:28:30 GMT'] }, 30_000],
    ['a date, then seconds', { Date, 'Retry-After': [later, '9'] }, 30_000],
    ['by the first of two clocks', { Date: [Date, later], 'Retry-After': later }, 30_000],
  ])('%s', async (_, headers, expected) => {
    expect(await wait(headers)).toBe(expected);
  });

  test.each([
    ['a date in the past', { Date, 'Retry-After': 'Wed, 21 Oct 2026 07:27:00 GMT' }],
    ['zero', { 'Retry-After': '0' }],
    ['an invalid value', { 'Retry-After': 'in 5 minutes' }],
    ['a fraction', { 'Retry-After': '1.5' }],
    ['no header', {}],
  ])(
    '%s leaves the delay to our own backoff: one second, doubling to half a minute, up to half of it jitter',
    async (_, headers) => {
      for (const [attempt, whole] of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].entries()) {
        const waited = await wait(headers, attempt + 1);
        expect(waited).toBeGreaterThanOrEqual(whole / 2);
        expect(waited).toBeLessThanOrEqual(whole);
      }
      expect(await wait(headers, 5000)).toBeLessThanOrEqual(30_000);
    },
  );

  test('has jitter, so that calls that failed together are not retried together', async () => {
    const waits = await Promise.all(Array.from({ length: 20 }, () => wait({}, 6)));
    expect(new Set(waits).size).toBeGreaterThan(10);
  });

  test('is also set for a release, and for an unreachable partner', async () => {
    const unreachable = createPartnerSupplier({ baseUrl: 'http://nobody.invalid/v1', timeoutMs: 20_000 });
    for (const step of ['reserve', 'release'] as const) {
      await expect(unreachable[step](aCall(), aContext(3))).rejects.toMatchObject({
        code: 'SUPPLIER_UNAVAILABLE',
        retryAfterMs: expect.any(Number) as unknown,
      });
    }
  });
});

describe('an answer is read as by a browser', () => {
  const HELD = '{"state":"HELD"}';
  test.each<[string, Buffer | string, Record<string, string | string[]>]>([
    ['a byte-order mark', `\ufeff${HELD}`, {}],
    ['an upper-case charset', HELD, { 'Content-Type': 'application/json; charset=UTF-8' }],
    ['no charset', HELD, { 'Content-Type': 'application/json' }],
    [
      'another charset, which JSON does not have',
      HELD,
      { 'Content-Type': 'application/json; charset=latin1' },
    ],
    ['no type', HELD, { 'Content-Type': '' }],
    ['two types', HELD, { 'Content-Type': ['application/json', 'text/plain'] }],
    ['gzip', gzipSync(HELD), { 'Content-Encoding': 'gzip' }],
    ['gzip in capitals', gzipSync(HELD), { 'Content-Encoding': 'GZIP' }],
    ['gzip with a byte-order mark', gzipSync(`\ufeff${HELD}`), { 'Content-Encoding': 'gzip' }],
    ['brotli', brotliCompressSync(HELD), { 'Content-Encoding': 'br' }],
    ['deflate', deflateSync(HELD), { 'Content-Encoding': 'deflate' }],
    ['white space around', ` \r\n${HELD}\n `, {}],
    ['two dates', HELD, { Date: ['Wed, 21 Oct 2026 07:28:00 GMT', 'Wed, 21 Oct 2026 07:28:01 GMT'] }],
    ['two cookies', HELD, { 'Set-Cookie': ['a=1', 'b=2'] }],
  ])('with %s', async (_what, body, headers) => {
    expect(await outcome('reserve', { status: 200, body, headers })).toBe(done);
  });

  test.each<[string, Buffer | string, Record<string, string>]>([
    ['bytes that are not UTF-8', Buffer.from('7b227374617465223a2248454c44222c2278223a22e9227d', 'hex'), {}],
    ['a false gzip encoding', HELD, { 'Content-Encoding': 'gzip' }],
    ['UTF-16', Buffer.from(HELD, 'utf16le'), {}],
  ])('but not with %s', async (_what, body, headers) => {
    expect(await outcome('reserve', { status: 200, body, headers })).toBeInstanceOf(SupplierOutcomeUnknown);
  });
});

describe('the optional fields of a reservation', () => {
  const say = (more: string) => outcome('reserve', { status: 200, body: `{"state":"HELD",${more}}` });

  test.each([
    '"reference":"XK7-2291"',
    '"reference":2291',
    '"reference":null,"heldUntil":null,"title":null,"place":null,"from":null,"to":null,"price":null',
    '"from":"2027-06-12","to":"2027-06-11"',
    '"heldUntil":"2027-05-31T10:00:00Z"',
    '"heldUntil":"2027-05-31T10:00:00+02:00"',
    '"heldUntil":"2027-05-31T10:00:00.123456789-03:30"',
    '"price":{"amount":249.9,"currency":"EUR"}',
    '"price":{"amount":"249.90","currency":"EUR"}',
    '"price":{"amount":"249.900","currency":"EUR"}',
    '"price":{"amount":0,"currency":"JPY"}',
    '"price":{"amount":"38500.00","currency":"JPY"}',
    '"price":{"amount":12.345,"currency":"BHD"}',
    '"price":{"amount":"90071992.54","currency":"USD"}',
    '"more":{"we":["do not know"]}',
  ])('are accepted: %s', async (more) => {
    expect(await say(more)).toBe(done);
  });

  test.each([
    ['"heldUntil":"2027-05-31T10:00:00"', 'heldUntil must be a date and time with an offset or Z'],
    ['"heldUntil":"2027-05-31"', 'heldUntil must'],
    ['"heldUntil":"31.05.2027 10:00"', 'heldUntil must'],
    ['"heldUntil":"2027-02-30T10:00:00Z"', 'heldUntil must'],
    ['"heldUntil":"9999-12-31T23:59:59-14:00"', 'heldUntil must be in the years 1 to 9999'],
    ['"heldUntil":"0001-01-01T00:00:00+14:00"', 'heldUntil must be in the years 1 to 9999'],
    ['"heldUntil":1811750400', 'heldUntil must'],
    ['"price":249.9', 'price must have an amount and a currency'],
    ['"price":{"amount":"249,90","currency":"EUR"}', 'price.amount must be a number of at least 0'],
    [
      '"price":{"amount":"249.999","currency":"EUR"}',
      'price.amount must have at most 2 decimal places, as EUR has',
    ],
    [
      '"price":{"amount":38500.5,"currency":"JPY"}',
      'price.amount must have at most 0 decimal places, as JPY has',
    ],
    ['"price":{"amount":12.3456,"currency":"BHD"}', 'price.amount must have at most 3 decimal places'],
    ['"price":{"amount":"1e3","currency":"EUR"}', 'price.amount must'],
    ['"price":{"amount":-1,"currency":"EUR"}', 'price.amount must'],
    ['"price":{"amount":"","currency":"EUR"}', 'price.amount must'],
    ['"price":{"amount":null,"currency":"EUR"}', 'price.amount must be a number'],
    [
      '"price":{"amount":"12","currency":"euro"}',
      'price.currency must be a currency of ISO 4217, such as EUR',
    ],
    ['"price":{"amount":"12","currency":"EUX"}', 'price.currency must'],
    ['"price":{"amount":"12","currency":"toString"}', 'price.currency must'],
    ['"price":{"amount":"12"}', 'price.currency must'],
    ['"reference":""', 'reference must not be empty'],
    ['"reference":{"id":1}', 'reference must be a string or a whole number'],
    [`"reference":"${'X'.repeat(101)}"`, 'reference must have at most 100 characters'],
    ['"title":7', 'title must be a text'],
    ['"title":" \\u0000 "', 'title must not be empty'],
    ['"place":{}', 'place must be a text'],
    ['"from":"12.06.2027"', 'from must be a date such as 2027-05-31'],
    ['"from":"2027-02-30"', 'from must be a date'],
    ['"from":"0000-06-12"', 'from must be in the years 1 to 9999'],
    ['"to":"2027-06-12T10:00:00Z"', 'to must be a date'],
  ])(
    'make the outcome unknown if invalid, with the name of the field in the error: %s',
    async (more, says) => {
      const error = await say(more);
      expect(error).toBeInstanceOf(SupplierOutcomeUnknown);
      expect(error?.message).toContain(says);
    },
  );

  test.each(['"reference":9007199254740993', '"price":{"amount":0.30000000000000000001,"currency":"EUR"}'])(
    'make the outcome unknown if a number would lose digits: %s',
    async (more) => {
      expect(await say(more)).toBeInstanceOf(SupplierOutcomeUnknown);
    },
  );
});

describe('what a partner holds', () => {
  async function holding(body: object) {
    partner.faults.next({ when: 'before', instead: { status: 200, body: { state: 'HELD', ...body } } });
    const supplier = createPartnerSupplier({ baseUrl: partner.url, timeoutMs: 20_000, token });
    const held = await supplier.reserve(aCall(), aContext());
    expect(isHolding(held), JSON.stringify(held)).toBe(true);
    return held;
  }

  test('is nothing known if it says nothing', async () => {
    expect(await holding({ title: null, price: null, more: 'than we know' })).toEqual({});
  });

  test('is what it says, without heldUntil', async () => {
    const said = { title: 'Night flight', place: 'Lisbon', from: '2027-06-12', to: '2027-06-13' };
    const price = { amount: '249.90', currency: 'EUR' };
    expect(
      await holding({ reference: 'XK7-2291', heldUntil: '2027-05-31T10:00:00Z', ...said, price }),
    ).toEqual({ confirmation: 'XK7-2291', ...said, price: { minor: 249_90, currency: 'EUR' } });
  });

  test.each([
    [249.9, 'EUR', 249_90],
    ['249.9', 'EUR', 249_90],
    ['249.900', 'EUR', 249_90],
    [0, 'EUR', 0],
    ['0012', 'EUR', 12_00],
    ['9999999999.99', 'EUR', 9999999999_99],
    [38500, 'JPY', 38500],
    ['12.345', 'BHD', 12_345],
    ['0.5', 'MGA', 50],
  ])('has a price that is exact in its currency: %j %s', async (amount, currency, minor) => {
    expect(await holding({ price: { amount, currency } })).toEqual({ price: { minor, currency } });
  });

  test('has texts that every record can hold', async () => {
    const said = { reference: ' XK7\u0000 ', title: `${'🛫'.repeat(600)}`, place: '\ud800Lisbon' };
    expect(await holding(said)).toEqual({
      confirmation: 'XK7',
      title: '🛫'.repeat(500),
      place: 'Lisbon',
    });
  });

  test('has a reference that may be a number', async () => {
    expect(await holding({ reference: 2291 })).toEqual({ confirmation: '2291' });
  });

  test.each([
    ['reference', { reference: token }],
    ['reference', { reference: `${token.toUpperCase()} ${token}` }],
    ['title', { title: `Authorization: Bearer ${token}` }],
    // Cut after 500 characters, in the middle of the token.
    ['title', { title: 'x'.repeat(495) + token }],
    ['place', { place: token }],
    ['from', { from: token }],
    ['price.currency', { price: { amount: 1, currency: token } }],
  ])('never has our token: %s is invalid then', async (field, body) => {
    const error = await outcome('reserve', { status: 200, body: { state: 'HELD', ...body } });
    expect(error).toBeInstanceOf(SupplierOutcomeUnknown);
    expect(error?.message).toBe(
      `Car service sent an unreadable reservation: ${field} must not contain our token.`,
    );
  });

  test('never has our token, not even as a number', async () => {
    partner.faults.next({
      when: 'before',
      instead: { status: 200, body: { state: 'HELD', reference: 12345 } },
    });
    const supplier = createPartnerSupplier({ baseUrl: partner.url, timeoutMs: 20_000, token: '234' });
    await expect(supplier.reserve(aCall(), aContext())).rejects.toThrow(
      'reference must not contain our token',
    );
  });
});

test('a conflict with an invalid body has an unknown outcome', async () => {
  expect(await outcome('reserve', { status: 409, body: '{"code":"SOLD' })).toBeInstanceOf(
    SupplierOutcomeUnknown,
  );
});

test('an answer longer than 64 kB is not read: the outcome is unknown', async () => {
  const body = { state: 'HELD', padding: 'x'.repeat(64 * 1024) };
  expect(await outcome('reserve', { status: 200, body })).toBeInstanceOf(SupplierOutcomeUnknown);
});

test('no error contains anything that the partner wrote, because it may echo our token', async () => {
  const body = { code: `Bearer ${token}`, message: token };
  for (const [status] of ANSWERS) {
    for (const step of ['reserve', 'release'] as const) {
      const error = await outcome(step, {
        status,
        ...(status !== 204 && { body }),
        headers: { 'X-Echo': token },
      });
      expect(String(error?.stack)).not.toContain(token);
    }
  }
});
