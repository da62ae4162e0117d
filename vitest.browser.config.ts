import { defineConfig } from 'vitest/config';
import { RETRIES } from './vitest.config.js';

/** Apart from the other tests: these want a Chromium. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/browser/**/*.test.ts'],
    setupFiles: ['test/support/each-file.ts'],
    pool: 'forks',
    // Most of these tests wait most of the time.
    maxWorkers: 2,
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 90_000,
    hookTimeout: 120_000,
    retry: RETRIES,
  },
});
