import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { loadApiConfig } from '../../src/config/api-config.js';
import { loadDevConfig } from '../../src/config/dev-config.js';
import { InvalidConfiguration, readAll } from '../../src/config/read-environment.js';
import { loadWorkerConfig } from '../../src/config/worker-config.js';

// What this machine has set is not to be read. An empty variable counts as absent, which these tests so hold as well.
beforeEach(() => {
  const ours = /^(TEMPORAL|SANDBOX|WORKER|TRIPSAGA|CORS)_|^(PORT|HOST|LOG_LEVEL|NODE_ENV)$/;
  for (const name of Object.keys(process.env)) if (ours.test(name)) vi.stubEnv(name, '');
  vi.stubEnv('TEMPORAL_CONFIG_FILE', fileURLToPath(new URL('no-such-file', import.meta.url)));
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
    expect(loadWorkerConfig().suppliers).toEqual({ sandboxDelayMs: 1000 });
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
