import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests that need no server. All others run on a real Temporal and a real PostgreSQL. */
const WITHOUT_SERVERS = [
  'test/{unit,architecture}/**/*.test.ts',
  'test/suppliers/{partner-api,partner-mapping,partner-network,partner-supplier}.test.ts',
  'test/suppliers/sandbox-*.test.ts',
  'test/partner/*.test.ts',
  'test/dev/{dev-context,ports,temporal-program}.test.ts',
  'test/api/{schema,user-errors}.test.ts',
];

/**
 * Tests that take minutes, because they wait for time-outs and outages, start our built programs, or play many trips. They
 * are left out of `npm test`, which takes less than three minutes, and belong to `npm run test:slow`.
 */
const SLOW = ['test/e2e/**/*.test.ts', 'test/machines/**/*.test.ts', 'test/**/*.slow.test.ts'];

/** Slow tests that measure how long others wait, or that fill the machine: nothing else may run beside them. */
const ALONE = [
  'test/e2e/attacks.test.ts',
  'test/e2e/oversell.test.ts',
  'test/saga/any-trip.slow.test.ts',
  'test/api/thousand-followers.slow.test.ts',
];

/** Tests that need a program that not every machine has. CI installs them; elsewhere these tests are left out. */
const WITH_PROGRAMS = { pgbouncer: 'test/machines/pgbouncer.test.ts', nginx: 'test/machines/nginx.test.ts' };
const absent = Object.entries(WITH_PROGRAMS).flatMap(([program, file]) =>
  isInstalled(program) ? [] : [file],
);

/**
 * These tests stop, freeze and flood real servers, and CI's machine may be slow in just the wrong second. The report names each
 * test that was repeated. Elsewhere nothing is repeated, so that whoever changes a test sees that it is unreliable.
 */
export const RETRIES = process.env['CI'] ? 2 : 0;

/** Whether a program is on PATH, or where Debian installs servers. */
function isInstalled(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** Tests that wait longest, for Temporal's timeouts or a minute's outage. They start first, and the others fill the gaps. */
const WAIT_LONGEST = [
  'e2e/stopped-worker',
  'e2e/build',
  'e2e/payload-codec',
  'saga/outages.slow',
  'api/outages.slow',
  'api/throttled.slow',
  'saga/partners.slow',
  'e2e/lifecycle',
  'e2e/stopping',
  'e2e/found-again',
  'saga/old-and-new.slow',
  'saga/partner-removed.slow',
  'e2e/npm-start-ends',
  'e2e/npm-start-failures',
  'api/subscriptions',
  'api/record-first',
  'saga/runs-reset',
  'saga/twins.slow',
  'saga/deadline.slow',
];

class LongestWaitFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = WAIT_LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return found < 0 ? WAIT_LONGEST.length : found;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

const ON_SERVERS = {
  globalSetup: ['test/support/global-setup.ts'],
  // type-graphql requires `reflect-metadata` before the first decorated class.
  setupFiles: ['reflect-metadata', 'test/support/each-file.ts'],
  // More than there are processors, because most of them wait.
  maxWorkers: 6,
};

export default defineConfig({
  resolve: {
    alias: [
      // Vite resolves graphql's `module` entry, and Node (for our dependencies) its `main`: two copies, two realms.
      {
        find: /^graphql$/,
        replacement: fileURLToPath(new URL('node_modules/graphql/index.js', import.meta.url)),
      },
    ],
  },
  test: {
    environment: 'node',
    // Temporal's native core doesn't run in worker threads.
    pool: 'forks',
    // A fork keeps its modules from file to file, so no test replaces a module.
    isolate: false,
    sequence: { sequencer: LongestWaitFirst },
    // How long a state takes to be reached depends on the machine; only never reaching it is a failure.
    expect: { poll: { timeout: 90_000 } },
    testTimeout: 240_000,
    hookTimeout: 240_000,
    retry: RETRIES,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: WITHOUT_SERVERS,
          setupFiles: ['reflect-metadata'],
          retry: 0,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          ...ON_SERVERS,
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**', ...WITHOUT_SERVERS, ...SLOW],
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...ON_SERVERS,
          name: 'slow',
          include: SLOW,
          exclude: [...ALONE, ...absent],
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...ON_SERVERS,
          name: 'alone',
          include: ALONE,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
