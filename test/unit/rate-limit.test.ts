import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRateLimit } from '../../src/api/limits/rate-limit.js';
import { callerKey } from '../../src/api/shared/caller-key.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const limited = (retryAfterSeconds: number) => ({
  extensions: { code: 'RATE_LIMITED', retryAfterSeconds, http: { status: 429 } },
});

describe('a caller’s budget', () => {
  test('shrinks by what requests cost, for a minute', async () => {
    const limit = createRateLimit(100);
    expect(await limit.charge('ada', 60)).toBe(40);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await limit.charge('ada', 40)).toBe(0);
    await expect(limit.charge('ada', 1)).rejects.toMatchObject(limited(40));
    await vi.advanceTimersByTimeAsync(40_000);
    expect(await limit.charge('ada', 1)).toBe(99);
  });

  test('is not used up by what is refused', async () => {
    const limit = createRateLimit(100);
    await limit.charge('ada', 60);
    await expect(limit.charge('ada', 41)).rejects.toMatchObject(limited(60));
    await Promise.allSettled([limit.charge('ada', 41), limit.charge('ada', 41)]);
    expect(await limit.charge('ada', 40)).toBe(0);
  });

  test('is the caller’s own', async () => {
    const limit = createRateLimit(100);
    await limit.charge('ada', 100);
    expect(await limit.charge('bob', 1)).toBe(99);
  });

  test('has no end if the limit is 0', async () => {
    expect(await createRateLimit(0).charge('ada', 1e9)).toBeNull();
  });
});

test('callers beyond a number share one budget, and those known before keep their own', async () => {
  const limit = createRateLimit(100, 2);
  await limit.charge('ada', 10);
  await limit.charge('bob', 10);
  expect(await limit.charge('address 1', 30)).toBe(70);
  expect(await limit.charge('address 2', 30)).toBe(40);
  expect(await limit.charge('ada', 10)).toBe(80);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await limit.charge('address 2', 30)).toBe(70);
  expect(await limit.charge('address 3', 30)).toBe(70);
});

describe('callers are told apart', () => {
  const keyOf = (subject: string, clientAddress?: string) =>
    callerKey({ caller: { subject, roles: [] }, clientAddress });

  test('by their subject, wherever they are', () => {
    expect(keyOf('ada', '192.0.2.1')).toBe(keyOf('ada', '192.0.2.2'));
    expect(keyOf('ada', '192.0.2.1')).not.toBe(keyOf('bob', '192.0.2.1'));
  });

  test('while anonymous by their IPv4 address, however it is written', () => {
    expect(keyOf('anonymous', '192.0.2.1')).toBe(keyOf('anonymous', '::ffff:192.0.2.1'));
    expect(keyOf('anonymous', '::ffff:192.0.2.1')).not.toBe(keyOf('anonymous', '::ffff:192.0.2.2'));
  });

  test('or by the network of their IPv6 address', () => {
    expect(keyOf('anonymous', '2001:db8:1:2::1')).toBe(
      keyOf('anonymous', '2001:db8:1:2:ffff:ffff:ffff:ffff'),
    );
    expect(keyOf('anonymous', '2001:db8:1:2::1')).not.toBe(keyOf('anonymous', '2001:db8:1:3::1'));
  });

  test('nobody can take an address’s budget by a subject’s name', () => {
    expect(keyOf('address 192.0.2.1')).not.toBe(keyOf('anonymous', '192.0.2.1'));
    expect(keyOf('anonymous')).toBe(keyOf('anonymous'));
  });
});
