import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPartnerSupplier } from '../../src/worker/suppliers/partner/partner-supplier.js';
import { createSandboxSupplier } from '../../src/worker/suppliers/sandbox/sandbox-supplier.js';
import {
  OfferSoldOut,
  OfferUnknown,
  SupplierOutcomeUnknown,
  SupplierRefused,
  SupplierUnavailable,
} from '../../src/worker/suppliers/supplier-errors.js';
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

/** What the call throws when this goes wrong at the partner; `undefined` where it succeeds. */
async function outcome(step: Step, instead: Fault['instead'], when: Fault['when'] = 'before') {
  partner.faults.next({ when, instead });
  const supplier = createPartnerSupplier({ baseUrl: partner.url, timeoutMs: 20_000, token });
  return supplier[step](aCall(), aContext()).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
}

const done = undefined;
const [refused, unavailable, unknown] = [SupplierRefused, SupplierUnavailable, SupplierOutcomeUnknown];
type Expected = typeof done | typeof refused | typeof unavailable | typeof unknown;

/** status, what comes with it, what reserve makes of it, what release makes of it */
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
  [405, {}, refused, refused],
  [408, { headers: retrySoon }, unknown, unknown],
  [409, { body: { code: 'SOLD_OUT' } }, OfferSoldOut, refused],
  [409, {}, refused, refused],
  [410, {}, refused, unknown],
  [422, { body: { code: 'REFUSED' } }, refused, refused],
  [425, {}, unavailable, unavailable],
  [429, {}, unavailable, unavailable],
  [429, { headers: retrySoon }, unavailable, unavailable],
  [500, {}, unknown, unknown],
  [502, { headers: retrySoon }, unknown, unknown],
  [503, { headers: retrySoon }, unavailable, unavailable],
  [503, {}, unknown, unknown],
  [504, {}, unknown, unknown],
  [599, {}, unknown, unknown],
];

describe.each(['reserve', 'release'] as const)('what %s makes of an answer', (step) => {
  test.each(ANSWERS)('%i with %j', async (status, reply, onReserve, onRelease) => {
    const expected = step === 'reserve' ? onReserve : onRelease;
    const error = await outcome(step, { status, ...reply });
    expect(error?.constructor, error?.message).toBe(expected);
    if (error) expect(error.message).toMatch(/^Car service /);
  });
});

test.each([301, 302, 307, 308])(
  'a redirect (%i) is not followed: it would take the token along',
  async (status) => {
    const before = partner.requests.length;
    await outcome('reserve', { status, headers: { Location: `${partner.url}/reservations/elsewhere` } });
    expect(partner.requests.slice(before).map(({ method }) => method)).toEqual(['PUT']);
  },
);

describe('how long to wait', () => {
  const wait = async (headers: Record<string, string>) => {
    const error = await outcome('reserve', { status: 429, headers });
    expect(error).toBeInstanceOf(SupplierUnavailable);
    return (error as SupplierUnavailable).retryAfterMs;
  };
  const Date = 'Wed, 21 Oct 2026 07:28:00 GMT';

  test.each([
    ['seconds', { 'Retry-After': '7' }, 7000],
    ["a date, by the partner's own clock", { Date, 'Retry-After': 'Wed, 21 Oct 2026 07:28:30 GMT' }, 30_000],
    ['no longer than ten minutes', { 'Retry-After': '86400' }, 600_000],
    [
      'a date that is past is left to our own back-off',
      { Date, 'Retry-After': 'Wed, 21 Oct 2026 07:27:00 GMT' },
      undefined,
    ],
    ['so is nought', { 'Retry-After': '0' }, undefined],
    ['so is what nobody understands', { 'Retry-After': 'in 5 minutes' }, undefined],
    ['so is silence', {}, undefined],
  ])('%s', async (_, headers, expected) => {
    expect(await wait(headers)).toBe(expected);
  });
});

test('a sold-out status with a broken body is still a refusal', async () => {
  expect(await outcome('reserve', { status: 409, body: '{"code":"SOLD' })).toBeInstanceOf(SupplierRefused);
});

test('an answer longer than 64 kB is not read: nobody knows what it says', async () => {
  const body = { state: 'HELD', padding: 'x'.repeat(64 * 1024) };
  expect(await outcome('reserve', { status: 200, body })).toBeInstanceOf(SupplierOutcomeUnknown);
});

test('nothing that the partner writes gets into an error: it may echo our token', async () => {
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
