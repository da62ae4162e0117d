import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { loadApiConfig } from '../../src/config/api-config.js';
import { loadDevConfig } from '../../src/config/dev-config.js';
import { InvalidConfiguration, readAll } from '../../src/config/read-environment.js';
import { loadWorkerConfig } from '../../src/config/worker-config.js';

// What this machine has set is not to be read. An empty variable counts as absent, which these tests so hold as well.
beforeEach(() => {
  const ours =
    /^(TEMPORAL|SANDBOX|WORKER|TRIPSAGA|CORS|DATABASE|POSTGRES|SUPPLIER|PARTNER|BOOKING|UNDO|WATCHMAN)_|^(PORT|HOST|LOG_LEVEL|NODE_ENV|GRAPHIQL)$/;
  for (const name of Object.keys(process.env)) if (ours.test(name)) vi.stubEnv(name, '');
  vi.stubEnv('TEMPORAL_CONFIG_FILE', fileURLToPath(new URL('no-such-file', import.meta.url)));
  // The only setting that has to be given.
  vi.stubEnv('DATABASE_URL', 'postgres://localhost/trips');
  return () => vi.unstubAllEnvs();
});

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof InvalidConfiguration) return error.problems;
    throw error;
  }
  return [];
}

describe('without any settings', () => {
  test('the API serves this machine on port 4000, outside production', () => {
    expect(loadApiConfig()).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      production: false,
      corsOrigins: [],
    });
  });

  test('Temporal is where its own tools expect it, and row 8’s Web UI on port 8233', () => {
    expect(loadApiConfig().temporal).toMatchObject({
      connection: { address: 'localhost:7233' },
      namespace: 'default',
    });
    expect(loadDevConfig()).toMatchObject({ temporalPort: 7233, temporalUiPort: 8233 });
  });

  test('the sandbox takes the tutorial’s second (row 3)', () => {
    expect(loadWorkerConfig().suppliers).toMatchObject({ sandboxDelayMs: 1000 });
  });

  test('a partner has less time to answer than an attempt of ten seconds', () => {
    expect(loadWorkerConfig().suppliers.timeoutMs).toBeLessThan(10_000);
  });

  test('a worker looks every second for bookings that stand still', () => {
    expect(loadWorkerConfig().watchmanRoundMs).toBe(1000);
  });

  test('a worker that stops gives a running activity longer than its 10 seconds', () => {
    expect(loadWorkerConfig().shutdownGraceMs).toBeGreaterThan(10_000);
  });
});

describe('row 6: the address can point to Temporal Cloud', () => {
  test.each([
    ['API', loadApiConfig],
    ['worker', loadWorkerConfig],
  ])('the %s takes address, namespace and API key from the environment, and encrypts', (_, load) => {
    vi.stubEnv('TEMPORAL_ADDRESS', 'trips.a1b2c.tmprl.cloud:7233');
    vi.stubEnv('TEMPORAL_NAMESPACE', 'trips.a1b2c');
    vi.stubEnv('TEMPORAL_API_KEY', 'a-key');
    expect(load().temporal).toMatchObject({
      connection: { address: 'trips.a1b2c.tmprl.cloud:7233', apiKey: 'a-key', tls: true },
      namespace: 'trips.a1b2c',
    });
  });

  test('a profile of Temporal’s configuration file does as well', () => {
    const file = fileURLToPath(new URL('fixtures/temporal.toml', import.meta.url));
    vi.stubEnv('TEMPORAL_CONFIG_FILE', file);
    vi.stubEnv('TEMPORAL_PROFILE', 'cloud');
    expect(loadApiConfig().temporal).toMatchObject({
      connection: { address: 'profile.tmprl.cloud:7233', tls: {} },
      namespace: 'profile',
    });
  });
});

describe('settings that are wrong', () => {
  test.each([
    ['PORT', 'abc', 'must be a whole number from 0 to 65535'],
    ['PORT', '65536', 'must be a whole number from 0 to 65535'],
    ['PORT', '40.5', 'must be a whole number from 0 to 65535'],
    ['TEMPORAL_UI_URL', 'here', 'must be a URL'],
    ['LOG_LEVEL', 'loud', 'must be one of trace, debug, info, warn, error, silent'],
  ])('the API names %s=%s', (name, value, problem) => {
    vi.stubEnv(name, value);
    expect(problemsOf(loadApiConfig)).toEqual([`${name}: ${problem}`]);
  });

  test.each([
    ['SANDBOX_DELAY_MS', '-1', 'must be a whole number from 0 to 60000'],
    ['SUPPLIER_TIMEOUT_MS', '10000', 'must be a whole number from 0 to 9500'],
    ['WATCHMAN_ROUND_MS', '0', 'must be a whole number from 10 to 60000'],
    ['WATCHMAN_ROUND_MS', '60001', 'must be a whole number from 10 to 60000'],
    ['WORKER_SHUTDOWN_GRACE_MS', 'long', 'must be a whole number from 0 to 86400000'],
  ])('the worker names %s=%s', (name, value, problem) => {
    vi.stubEnv(name, value);
    expect(problemsOf(loadWorkerConfig)).toEqual([`${name}: ${problem}`]);
  });

  test('all are named at once, Temporal’s own included, and each once however many parts read it', () => {
    vi.stubEnv('LOG_LEVEL', 'loud');
    vi.stubEnv('PORT', '-1');
    vi.stubEnv('SANDBOX_DELAY_MS', 'quick');
    vi.stubEnv('TEMPORAL_UI_PORT', '0');
    vi.stubEnv('TEMPORAL_PROFILE', 'nobody');
    const problems = problemsOf(() => readAll(loadDevConfig, loadApiConfig, loadWorkerConfig));
    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual([
      'LOG_LEVEL',
      'PORT',
      'SANDBOX_DELAY_MS',
      'TEMPORAL_UI_PORT',
      'TEMPORAL_…',
    ]);
  });
});

describe('the database', () => {
  test.each([
    ['API', loadApiConfig],
    ['worker', loadWorkerConfig],
  ])('has to be named to the %s', (_, load) => {
    vi.stubEnv('DATABASE_URL', '');
    expect(problemsOf(load)).toEqual([expect.stringMatching(/^DATABASE_URL: is missing/)]);
    vi.stubEnv('DATABASE_URL', 'mysql://localhost/trips');
    expect(problemsOf(load)).toEqual([
      'DATABASE_URL: must be a connection string that begins with postgres://',
    ]);
  });
});

describe('which supplier a new order names for which leg', () => {
  test('is our own stock', () => {
    expect(loadApiConfig().suppliers).toEqual({ CAR: 'inventory', HOTEL: 'inventory', FLIGHT: 'inventory' });
  });

  test('is a setting for each kind of leg', () => {
    vi.stubEnv('SUPPLIER_CAR', 'sandbox');
    vi.stubEnv('SUPPLIER_HOTEL', 'acme');
    vi.stubEnv('PARTNER_ACME_URL', 'https://acme.example/api');
    expect(loadApiConfig().suppliers).toEqual({ CAR: 'sandbox', HOTEL: 'acme', FLIGHT: 'inventory' });
  });

  test.each([
    ['acme', 'PARTNER_ACME_URL'],
    ['fly-by-night', 'PARTNER_FLY_BY_NIGHT_URL'],
  ])('can be the partner %s only with %s', (name, setting) => {
    vi.stubEnv('SUPPLIER_CAR', name);
    expect(problemsOf(loadApiConfig)).toEqual([
      `SUPPLIER_CAR: names the partner ${name}, whose address ${setting} must give`,
    ]);
    vi.stubEnv(setting, 'https://partner.example');
    expect(loadApiConfig().suppliers.CAR).toBe(name);
  });

  test.each(['https://acme.example', 'Acme', 'acme_travel', '2acme'])('can not be %s', (name) => {
    vi.stubEnv('SUPPLIER_CAR', name);
    expect(problemsOf(loadApiConfig)).toEqual([
      "SUPPLIER_CAR: must be inventory, sandbox, or a partner's name: small letters, digits and hyphens",
    ]);
  });

  test('is the API’s to decide: a worker takes no notice', () => {
    vi.stubEnv('SUPPLIER_CAR', 'nobody-knows');
    vi.stubEnv('SANDBOX_IDS', 'perhaps');
    expect(loadWorkerConfig().suppliers).toEqual({ partners: [], timeoutMs: 8000, sandboxDelayMs: 1000 });
  });

  test.each([
    [undefined, undefined, true],
    [undefined, 'off', false],
    ['production', undefined, false],
    ['production', 'on', true],
  ])(
    'is the sandbox for ids that ask for it: NODE_ENV=%s, SANDBOX_IDS=%s: %s',
    (production, said, expected) => {
      vi.stubEnv('NODE_ENV', production ?? '');
      vi.stubEnv('SANDBOX_IDS', said ?? '');
      expect(loadApiConfig().sandboxIds).toBe(expected);
    },
  );
});

describe('the partners of a worker', () => {
  test('are all that have an address, whether or not new orders go to them', () => {
    vi.stubEnv('PARTNER_ACME_URL', 'https://acme.example/api');
    vi.stubEnv('PARTNER_ACME_TOKEN', 'secret');
    vi.stubEnv('PARTNER_FLY_BY_NIGHT_2_URL', 'http://localhost:9000');
    vi.stubEnv('PARTNER_GONE_URL', '');
    const { partners } = loadWorkerConfig().suppliers;
    expect(partners).toHaveLength(2);
    expect(partners).toEqual(
      expect.arrayContaining([
        { name: 'acme', url: 'https://acme.example/api', token: 'secret' },
        { name: 'fly-by-night-2', url: 'http://localhost:9000', token: undefined },
      ]),
    );
  });

  test.each([
    ['API', loadApiConfig],
    ['worker', loadWorkerConfig],
  ])('whose addresses or tokens are wrong are told to the %s all at once, and not shown', (_, load) => {
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
  });
});
