import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { loadApiConfig } from '../../src/config/api-config.js';
import { loadDevConfig } from '../../src/config/dev-config.js';
import { readAll } from '../../src/config/settings.js';
import { loadWorkerConfig } from '../../src/config/worker-config.js';
import { problemsOf, useCleanEnvironment } from './fixtures/environment.js';

useCleanEnvironment();

describe('without any settings', () => {
  test('the API listens on port 4000 of the local machine, outside production', () => {
    expect(loadApiConfig()).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      production: false,
      corsOrigins: [],
    });
  });

  test('booking ids are readable, but in production they contain no name', () => {
    expect(loadApiConfig()).toMatchObject({ idStyle: 'readable' });
    expect(loadApiConfig({ NODE_ENV: 'production', AUTH: 'none' })).toMatchObject({ idStyle: 'opaque' });
  });

  test('Temporal has its tools’ default address, and its Web UI is on port 8233 (row 8)', () => {
    expect(loadApiConfig().temporal).toMatchObject({
      connection: { address: 'localhost:7233' },
      namespace: 'default',
    });
    expect(loadDevConfig()).toMatchObject({ temporalPort: 7233, temporalUiPort: 8233 });
  });

  test('the sandbox takes one second, as in the tutorial (row 3)', () => {
    expect(loadWorkerConfig().suppliers).toMatchObject({ sandboxDelayMs: 1000 });
  });

  test('the partner timeout is shorter than the ten-second attempt timeout', () => {
    expect(loadWorkerConfig().suppliers.timeoutMs).toBeLessThan(10_000);
  });

  test('a worker checks for stalled bookings every second', () => {
    expect(loadWorkerConfig().watchmanRoundMs).toBe(1000);
  });

  test('travellers are kept', () => {
    expect(loadWorkerConfig().retentionDays).toBeUndefined();
  });

  test('a stopping worker gives running activities longer than their 10-second timeout', () => {
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

  test('so can a profile in Temporal’s configuration file', () => {
    const file = fileURLToPath(new URL('fixtures/temporal.toml', import.meta.url));
    vi.stubEnv('TEMPORAL_CONFIG_FILE', file);
    vi.stubEnv('TEMPORAL_PROFILE', 'cloud');
    expect(loadApiConfig().temporal).toMatchObject({
      connection: { address: 'profile.tmprl.cloud:7233', tls: {} },
      namespace: 'profile',
    });
  });
});

describe('TLS to Temporal', () => {
  const here = fileURLToPath(import.meta.url);

  test('an API key is never sent without it', () => {
    vi.stubEnv('TEMPORAL_API_KEY', 'a-key');
    vi.stubEnv('TEMPORAL_TLS', 'false');
    expect(problemsOf(loadApiConfig)).toEqual([
      'TEMPORAL_TLS: must not be off, because TEMPORAL_API_KEY would be sent unencrypted',
    ]);
  });

  test.each([
    ['CLIENT_CERT', 'CLIENT_KEY'],
    ['CLIENT_KEY', 'CLIENT_CERT'],
  ])('%s is refused without %s, because the SDK would ignore it', (given, missing) => {
    vi.stubEnv(`TEMPORAL_TLS_${given}_PATH`, here);
    expect(problemsOf(loadWorkerConfig)).toEqual([
      `TEMPORAL_TLS_${missing}_PATH: is missing: a client certificate and its key belong together`,
    ]);
  });

  test('every file that can’t be read is named', () => {
    const names = ['SERVER_CA_CERT', 'CLIENT_CERT', 'CLIENT_KEY'].map((name) => `TEMPORAL_TLS_${name}_PATH`);
    for (const name of names) vi.stubEnv(name, `${here}.missing`);
    expect(problemsOf(loadApiConfig)).toEqual(
      names.map((name) => `${name}: must be a file that can be read`),
    );
  });
});

describe('TLS to PostgreSQL', () => {
  const here = fileURLToPath(import.meta.url);

  test('takes files that can be read', () => {
    const url = `postgres://db/trips?sslmode=verify-full&sslrootcert=${here}&sslcert=${here}&sslkey=${here}`;
    vi.stubEnv('DATABASE_URL', url);
    expect(loadApiConfig().database.url).toBe(url);
  });

  test('every problem is reported at once', () => {
    vi.stubEnv(
      'DATABASE_URL',
      'postgres://db/trips?sslmode=verify_full&sslrootcert=/missing/ca&sslcert=/missing/c',
    );
    vi.stubEnv('DATABASE_DIRECT_URL', 'postgres://db/trips?sslkey=/missing/k');
    expect(problemsOf(loadWorkerConfig)).toEqual([
      'DATABASE_URL: sslrootcert must be a file that can be read: /missing/ca',
      'DATABASE_URL: sslcert must be a file that can be read: /missing/c',
      'DATABASE_URL: sslmode must be one of disable, prefer, require, verify-ca, verify-full, no-verify',
      'DATABASE_URL: sslcert and sslkey must be set together',
      'DATABASE_DIRECT_URL: sslkey must be a file that can be read: /missing/k',
      'DATABASE_DIRECT_URL: sslcert and sslkey must be set together',
    ]);
  });
});

describe('behind a reverse proxy', () => {
  test.each([
    ['https://Shop.example', 'https://shop.example'],
    ['https://shop.example/', 'https://shop.example'],
    ['https://shop.example:443/Shop/', 'https://shop.example/Shop'],
    ['http://shop.example:8080/a/b.c', 'http://shop.example:8080/a/b.c'],
  ])('PUBLIC_URL=%s is %s', (given, url) => {
    vi.stubEnv('PUBLIC_URL', given);
    expect(loadApiConfig().publicUrl).toBe(url);
  });

  test('TRUST_PROXY takes addresses, subnets and words', () => {
    const given = 'loopback, 10.0.0.0/8,192.168.1.7, fd00::/8, 172.16.0.0/255.240.0.0';
    vi.stubEnv('TRUST_PROXY', given);
    expect(loadApiConfig().trustProxy).toEqual(given.split(/, ?/));
  });

  test('by default there is no public URL, and no proxy is trusted', () => {
    expect(loadApiConfig()).toMatchObject({ publicUrl: undefined, trustProxy: [], keepAliveSeconds: 65 });
  });
});

describe('invalid settings', () => {
  test.each([
    ['PORT', 'abc', 'must be a whole number from 0 to 65535'],
    ['PORT', '65536', 'must be a whole number from 0 to 65535'],
    ['PORT', '40.5', 'must be a whole number from 0 to 65535'],
    ['TEMPORAL_UI_URL', 'here', 'must be a URL'],
    ['LOG_LEVEL', 'loud', 'must be one of trace, debug, info, warn, error, silent'],
    ['KEEP_ALIVE_SECONDS', '0', 'must be a whole number from 1 to 7200'],
    ['KEEP_ALIVE_SECONDS', '7201', 'must be a whole number from 1 to 7200'],
  ])('the API reports %s=%s', (name, value, problem) => {
    vi.stubEnv(name, value);
    expect(problemsOf(loadApiConfig)).toEqual([`${name}: ${problem}`]);
  });

  test.each([
    [
      'must be an http(s) address without credentials, query or fragment',
      ['shop.example', 'ftp://shop.example', 'https://u:p@shop.example', 'https://a?b', 'https://a/#b'],
    ],
    [
      'must have a path of only letters, digits and -._~%, or none',
      ['https://a/b;c', 'https://a/b&c/', "https://a/b'c", 'https://a/b//c'],
    ],
    [
      'must be the address of the page, not of /graphql, /graphiql, /review, /bookings, /desk or /assets below it',
      ['https://a/graphql', 'https://a/GraphiQL/', 'https://a/bookings/b', 'https://a/assets'],
    ],
  ])('PUBLIC_URL %s', (problem, urls) => {
    for (const url of urls) {
      vi.stubEnv('PUBLIC_URL', url);
      expect([url, problemsOf(loadApiConfig)]).toEqual([url, [`PUBLIC_URL: ${problem}`]]);
    }
  });

  test.each([
    ['would trust every client; list the addresses of your proxies', ['true']],
    ['a hop count would trust clients that bypass a proxy; list the addresses of your proxies', ['1', '0']],
    [
      'must be an address, a subnet such as 10.0.0.0/8, or one of loopback, linklocal, uniquelocal',
      [
        'proxy.example',
        '10.0.0',
        '0x7f.1',
        '10.0.0.0/33',
        '0.0.0.0/0',
        'Loopback',
        'false',
        '10.0.0.1 10.0.0.2',
      ],
    ],
  ])('TRUST_PROXY %s', (problem, proxies) => {
    for (const proxy of proxies) {
      vi.stubEnv('TRUST_PROXY', `loopback, ${proxy}`);
      expect(problemsOf(loadApiConfig)).toEqual([`TRUST_PROXY: ${proxy}: ${problem}`]);
    }
  });

  test.each([
    ['SANDBOX_DELAY_MS', '-1', 'must be a whole number from 0 to 60000'],
    ['SUPPLIER_TIMEOUT_MS', '10000', 'must be a whole number from 0 to 9500'],
    ['WATCHMAN_ROUND_MS', '0', 'must be a whole number from 10 to 60000'],
    ['WATCHMAN_ROUND_MS', '60001', 'must be a whole number from 10 to 60000'],
    ['RECORD_RETENTION_DAYS', '0', 'must be a whole number from 1 to 36500'],
    ['WORKER_SHUTDOWN_GRACE_MS', 'long', 'must be a whole number from 0 to 86400000'],
  ])('the worker reports %s=%s', (name, value, problem) => {
    vi.stubEnv(name, value);
    expect(problemsOf(loadWorkerConfig)).toEqual([`${name}: ${problem}`]);
  });

  test('are all reported at once, including Temporal’s own, each once however many parts read it', () => {
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
  ])('must be configured for the %s', (_, load) => {
    vi.stubEnv('DATABASE_URL', '');
    expect(problemsOf(load)).toEqual([expect.stringMatching(/^DATABASE_URL: is missing/)]);
    vi.stubEnv('DATABASE_URL', 'mysql://localhost/trips');
    expect(problemsOf(load)).toEqual([
      'DATABASE_URL: must be a connection string that starts with postgres://',
    ]);
  });
});
