import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: [
      // Vite takes graphql's `module` entry, Node (for our dependencies) its `main`: two copies, two realms.
      {
        find: /^graphql$/,
        replacement: fileURLToPath(new URL('node_modules/graphql/index.js', import.meta.url)),
      },
    ],
  },
  test: {
    environment: 'node',
    globalSetup: ['test/support/global-setup.ts'],
    // type-graphql wants it before the first decorated class.
    setupFiles: ['reflect-metadata'],
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**'],
    // Temporal's native core does not live in worker threads.
    pool: 'forks',
    maxWorkers: 3,
    // How long a state may take to come depends on the machine: only never coming is a failure.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
