import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Client, Connection } from '@temporalio/client';
import type { AxeResults } from 'axe-core';
import pg from 'pg';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.js';
import { makeDataFolder } from '../support/data-folder.js';
import { launchChromium } from '../support/find-chromium.js';
import { findTemporal } from '../support/find-temporal.js';
import { run, type Program } from '../support/processes.js';

export interface BrowserRoom {
  /** Opens the path in a new browser context, which closes with the test. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** The serious and critical findings of axe, one per line. */
  seriousFaults(page: Page): Promise<string[]>;
  /** The errors that the browser logged so far: blocked by the policy, not found, thrown. */
  complaints(): string[];
  /** Terminates a booking's workflow, as an operator could with Temporal's own tools. */
  terminate(id: string): Promise<void>;
  /** Changes the database, as an operator could with `psql`. */
  sql(statement: string): Promise<void>;
  /** What `npm start` has said so far. */
  said(): string;
  close(): Promise<void>;
}

export interface RoomOptions {
  readonly port?: number;
  /** The public address of a proxy in front of it; without one the browser connects directly. */
  readonly publicUrl?: string;
  /** Further settings of `npm start`. */
  readonly settings?: NodeJS.ProcessEnv;
}

/** Everything that `npm start` runs, from the build, on free ports, and a Chromium. */
export async function openRoom(options: RoomOptions = {}): Promise<BrowserRoom> {
  // First, because the rest is useless without it.
  const browser: Browser = await launchChromium();
  const folder = await makeDataFolder('browser');
  const [port, temporalPort] = [options.port ?? (await freePort()), await freePort()];
  const postgresPort = await freePort();
  const system: Program = run(['node', 'dist/dev/dev.js'], {
    TEMPORAL_CLI_PATH: await findTemporal(() => undefined),
    PORT: String(port),
    TEMPORAL_PORT: String(temporalPort),
    TEMPORAL_UI_PORT: String(await freePort()),
    POSTGRES_PORT: String(postgresPort),
    TRIPSAGA_DATA_DIR: folder,
    UNDO_ATTEMPTS: '1',
    PUBLIC_URL: options.publicUrl,
    ...options.settings,
  });
  await system.says(/Ctrl-C stops/, 120_000);

  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const complaints: string[] = [];
  return {
    async open(path, contextOptions = {}) {
      const context = await browser.newContext({
        baseURL: options.publicUrl ?? `http://127.0.0.1:${port}`,
        ...contextOptions,
      });
      // Pages that stay open follow their bookings and slow down the next tests.
      onTestFinished(() => context.close());
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await page.goto(path);
      return page;
    },
    async seriousFaults(page) {
      // Without animations, because axe would find half-faded text too pale to read.
      await page.emulateMedia({ reducedMotion: 'reduce' });
      // Through the debugger, because the page's policy blocks foreign scripts.
      const debug = await page.context().newCDPSession(page);
      const { result } = await debug.send('Runtime.evaluate', {
        expression: `${axe}; axe.run().then(JSON.stringify)`,
        awaitPromise: true,
        returnByValue: true,
      });
      const { violations } = JSON.parse(String(result.value)) as AxeResults;
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
    },
    complaints: () => complaints,
    said: () => system.output(),
    async terminate(id) {
      const connection = await Connection.connect({ address: `127.0.0.1:${temporalPort}` });
      await new Client({ connection }).workflow.getHandle(id).terminate();
      await connection.close();
    },
    async sql(statement) {
      const client = new pg.Client({
        host: '127.0.0.1',
        port: postgresPort,
        user: 'postgres',
        database: 'tripsaga',
      });
      await client.connect();
      await client.query(statement).finally(() => client.end());
    },
    async close() {
      await browser.close();
      await system.stop();
      await rm(folder, { recursive: true });
    },
  };
}
