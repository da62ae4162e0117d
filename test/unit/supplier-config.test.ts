import { describe, expect, test, vi } from 'vitest';
import { loadApiConfig } from '../../src/config/api-config.js';
import { loadWorkerConfig } from '../../src/config/worker-config.js';
import { oneSupplier } from '../support/one-supplier.js';
import { problemsOf, useCleanEnvironment } from './fixtures/environment.js';

useCleanEnvironment();

describe('the supplier that a new order names for a leg', () => {
  test('is our own stock by default', () => {
    expect(loadApiConfig().suppliers).toEqual(oneSupplier('inventory'));
  });

  test('can be set for each kind of leg', () => {
    vi.stubEnv('SUPPLIER_CAR', 'sandbox');
    vi.stubEnv('SUPPLIER_HOTEL', 'acme');
    vi.stubEnv('PARTNER_ACME_URL', 'https://acme.example/api');
    expect(loadApiConfig().suppliers).toEqual({
      ...oneSupplier('inventory'),
      CAR: 'sandbox',
      HOTEL: 'acme',
    });
  });

  test.each([
    ['acme', 'PARTNER_ACME_URL'],
    ['fly-by-night', 'PARTNER_FLY_BY_NIGHT_URL'],
  ])('can be the partner %s only if %s is set', (name, setting) => {
    vi.stubEnv('SUPPLIER_CAR', name);
    expect(problemsOf(loadApiConfig)).toEqual([
      `SUPPLIER_CAR: names the partner ${name}, so ${setting} must be set to its address`,
    ]);
    vi.stubEnv(setting, 'https://partner.example');
    expect(loadApiConfig().suppliers.CAR).toBe(name);
  });

  test.each(['https://acme.example', 'Acme', 'acme_travel', '2acme'])('can’t be %s', (name) => {
    vi.stubEnv('SUPPLIER_CAR', name);
    expect(problemsOf(loadApiConfig)).toEqual([
      "SUPPLIER_CAR: must be inventory, sandbox, or a partner's name: lowercase letters, digits and hyphens",
    ]);
  });

  test('is chosen by the API: a worker ignores the settings', () => {
    vi.stubEnv('SUPPLIER_CAR', 'nobody-knows');
    vi.stubEnv('SANDBOX_IDS', 'perhaps');
    expect(loadWorkerConfig().suppliers).toEqual({ partners: [], timeoutMs: 8000, sandboxDelayMs: 1000 });
  });

  test.each([
    [undefined, undefined, true],
    [undefined, 'off', false],
    ['production', undefined, false],
    ['production', 'on', true],
  ])('is the sandbox for sandbox ids: NODE_ENV=%s, SANDBOX_IDS=%s: %s', (production, said, expected) => {
    vi.stubEnv('NODE_ENV', production ?? '');
    vi.stubEnv('AUTH', 'none');
    vi.stubEnv('SANDBOX_IDS', said ?? '');
    expect(loadApiConfig().sandboxIds).toBe(expected);
  });
});

describe('the partners of a worker', () => {
  test('are all partners with an address, whether or not new orders go to them', () => {
    vi.stubEnv('PARTNER_ACME_URL', 'https://acme.example/api');
    vi.stubEnv('PARTNER_ACME_TOKEN', 'secret');
    vi.stubEnv('PARTNER_ACME_SLOTS', '3');
    vi.stubEnv('PARTNER_FLY_BY_NIGHT_2_URL', 'http://localhost:9000');
    vi.stubEnv('PARTNER_GONE_URL', '');
    const { partners } = loadWorkerConfig().suppliers;
    expect(partners).toHaveLength(2);
    expect(partners).toEqual(
      expect.arrayContaining([
        { name: 'acme', url: 'https://acme.example/api', token: 'secret', slots: 3 },
        { name: 'fly-by-night-2', url: 'http://localhost:9000', token: undefined, slots: 20 },
      ]),
    );
  });

  test.each(['0', '-1', '1.5', 'many', '1001'])('must have a whole number of slots: not %s', (slots) => {
    vi.stubEnv('PARTNER_ACME_URL', 'https://acme.example/api');
    vi.stubEnv('PARTNER_ACME_SLOTS', slots);
    expect(loadWorkerConfig).toThrow('PARTNER_ACME_SLOTS: must be a whole number from 1 to 1000');
  });

  test.each([
    ['API', loadApiConfig],
    ['worker', loadWorkerConfig],
  ])(
    'with invalid addresses or tokens are all reported by the %s at once, without their values',
    (_, load) => {
      vi.stubEnv('PARTNER_A_URL', 'inventory');
      vi.stubEnv('PARTNER_B_URL', 'ftp://b.example');
      vi.stubEnv('PARTNER_C_URL', 'https://somebody:secret@c.example');
      vi.stubEnv('PARTNER_D_URL', 'https://d.example?key=secret');
      vi.stubEnv('PARTNER_E_URL', 'https://e.example');
      vi.stubEnv('PARTNER_E_TOKEN', 'se cret');
      vi.stubEnv('LOG_LEVEL', 'loud');
      const problems = problemsOf(load);
      expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual([
        'LOG_LEVEL',
        'PARTNER_A_URL',
        'PARTNER_B_URL',
        'PARTNER_C_URL',
        'PARTNER_D_URL',
        'PARTNER_E_TOKEN',
      ]);
      expect(problems.join()).not.toMatch(/se ?cret/);
    },
  );
});
