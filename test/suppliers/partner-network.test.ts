import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  createPartnerSupplier,
  type PartnerSupplierOptions,
} from '../../src/worker/suppliers/partner/partner-supplier.js';
import { createSandboxSupplier } from '../../src/worker/suppliers/sandbox/sandbox-supplier.js';
import { SupplierOutcomeUnknown, SupplierUnavailable } from '../../src/worker/suppliers/supplier.port.js';
import { createPartnerServer, type PartnerServer } from '../support/partner-server.js';
import { aCall, aContext } from './supplier-contract.js';

const token = 'a-secret-token';
let partner: PartnerServer;

beforeAll(async () => {
  partner = await createPartnerServer({ supplier: createSandboxSupplier({ delayMs: 0 }) });
});
// A call that times out may never have arrived; its fault would then affect the next test.
afterEach(() => partner.faults.clear());
afterAll(() => partner.stop());

const open = (options: Partial<PartnerSupplierOptions> = {}) =>
  createPartnerSupplier({ baseUrl: partner.url, timeoutMs: 20_000, token, ...options });

async function failure(call: Promise<unknown>): Promise<Error> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).stack).not.toContain(token);
  return error as Error;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

describe.each(['reserve', 'release'] as const)('%s', (step) => {
  test.each(['127.0.0.1', 'localhost'])(
    'a refused connection at %s: certainly nothing happened',
    async (host) => {
      const supplier = open({ baseUrl: `http://${host}:${await closedPort()}` });
      const error = await failure(supplier[step](aCall(), aContext()));
      expect(error).toBeInstanceOf(SupplierUnavailable);
      expect(error.message).toBe('Car service cannot be reached (ECONNREFUSED). Retrying...');
    },
  );

  test.each(['before', 'after'] as const)('a connection reset %s the effect: unknown', async (when) => {
    partner.faults.next({ when, instead: 'reset' });
    expect(await failure(open()[step](aCall(), aContext()))).toBeInstanceOf(SupplierOutcomeUnknown);
  });

  test('a truncated answer: unknown', async () => {
    const headers = { 'Content-Length': '1000' };
    partner.faults.next({ when: 'after', instead: { status: 200, headers, body: '{"state":"HELD"}' } });
    const error = await failure(open({ timeoutMs: 100 })[step](aCall(), aContext()));
    expect(error).toBeInstanceOf(SupplierOutcomeUnknown);
  });

  test('no answer in time: unknown', async () => {
    const call = aCall();
    partner.faults.next({ key: call.reservationKey, when: 'after', instead: 'hang' });
    const error = await failure(open({ timeoutMs: 100 })[step](call, aContext()));
    expect(error).toBeInstanceOf(SupplierOutcomeUnknown);
    expect(error.message).toBe('Car service did not answer within 100 ms.');
  });

  test('abandoned while the partner works on it: unknown', async () => {
    const giveUp = new AbortController();
    const call = aCall();
    // Keyed, because an earlier abandoned call may still arrive.
    partner.faults.next({ key: call.reservationKey, when: 'after', instead: 'hang' });
    const failed = failure(open()[step](call, { attempt: 1, signal: giveUp.signal }));
    await expect.poll(() => partner.requests.some(({ key }) => key === call.reservationKey)).toBe(true);
    giveUp.abort();
    expect(await failed).toBeInstanceOf(SupplierOutcomeUnknown);
  });

  test('abandoned before it started: nothing is sent', async () => {
    const call = aCall();
    const error = await failure(open()[step](call, { attempt: 1, signal: AbortSignal.abort() }));
    // Unknown nevertheless, because an earlier attempt may have been received.
    expect(error).toBeInstanceOf(SupplierOutcomeUnknown);
    expect(partner.requests.some(({ key }) => key === call.reservationKey)).toBe(false);
  });

  // Cases that need a broken resolver, router or certificate use a fetch that fails as Node's does.
  test.each([
    [SupplierUnavailable, { code: 'ENOTFOUND', syscall: 'getaddrinfo' }],
    [SupplierUnavailable, { code: 'EAI_AGAIN', syscall: 'getaddrinfo' }],
    [SupplierUnavailable, { code: 'EHOSTUNREACH', syscall: 'connect' }],
    [SupplierUnavailable, { code: 'UND_ERR_CONNECT_TIMEOUT' }],
    [SupplierUnavailable, { code: 'CERT_HAS_EXPIRED' }],
    [SupplierUnavailable, { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
    [SupplierUnavailable, { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }],
    [SupplierUnavailable, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }],
    [SupplierOutcomeUnknown, { code: 'EHOSTUNREACH', syscall: 'read' }],
    [SupplierOutcomeUnknown, { code: 'ETIMEDOUT', syscall: 'write' }],
    [SupplierOutcomeUnknown, { code: 'UND_ERR_SOCKET' }],
    [SupplierOutcomeUnknown, { code: 'HPE_INVALID_CONSTANT' }],
    [SupplierOutcomeUnknown, undefined],
  ])('%o: %j', async (expected, cause) => {
    const broken = new Error(`with ${token} in it`);
    const fetch = () =>
      Promise.reject(new TypeError(token, cause && { cause: Object.assign(broken, cause) }));
    expect(await failure(open({ fetch })[step](aCall(), aContext()))).toBeInstanceOf(expected);
  });
});

describe('the options', () => {
  test.each([
    ['no URL', { baseUrl: 'inventory' }],
    ['another protocol', { baseUrl: 'ftp://partner.example' }],
    ['credentials in the URL', { baseUrl: `https://somebody:${token}@partner.example` }],
    ['a query', { baseUrl: `https://partner.example?key=${token}` }],
    ['a token with a line break', { token: `${token}\n` }],
  ])('%s is rejected, and not shown', (_, options) => {
    const create = () => open(options);
    expect(create).toThrow(TypeError);
    expect(create).not.toThrow(token);
  });

  test('a slash at the end of the base URL makes no difference', async () => {
    const call = aCall();
    await open({ baseUrl: `${partner.url}//` }).reserve(call, aContext());
    expect(partner.requests.at(-1)?.key).toBe(call.reservationKey);
  });
});
