import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { freePort } from '../../src/dev/ports.js';
import { launchChromium } from '../support/find-chromium.js';
import { run, type Program } from '../support/processes.js';

export interface BrowserRoom {
  /** Opens the path in a new browser context. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** The serious and critical findings of axe, one per line. */
  seriousFaults(page: Page): Promise<string[]>;
  /** The errors that the browser logged so far: blocked by the policy, not found, thrown. */
  complaints(): string[];
  /** Terminates a booking's workflow, as an operator could with Temporal's own tools. */
  terminate(id: string): Promise<void>;
  close(): Promise<void>;
}

/** Everything that `npm start` runs, from the build, on free ports, and a Chromium. */
export async function openRoom(): Promise<BrowserRoom> {
  // First, because the rest is useless without it.
  const browser: Browser = await launchChromium();
  const folder = await mkdtemp(join(tmpdir(), 'browser-test-'));
  // PostgreSQL's own user needs access to its data.
  await chmod(folder, 0o755);
  const [port, temporalPort] = [await freePort(), await freePort()];
  const system: Program = run(['node', 'dist/dev/dev.js'], {
    PORT: String(port),
    TEMPORAL_PORT: String(temporalPort),
    TEMPORAL_UI_PORT: String(await freePort()),
    POSTGRES_PORT: String(await freePort()),
    TRIPSAGA_DATA_DIR: folder,
    UNDO_ATTEMPTS: '1',
  });
  await system.says(/GraphQL API/, 120_000);

  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const complaints: string[] = [];
  return {
    async open(path, options = {}) {
      const context = await browser.newContext({ baseURL: `http://127.0.0.1:${port}`, ...options });
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
    async terminate(id) {
      const connection = await Connection.connect({ address: `127.0.0.1:${temporalPort}` });
      await new Client({ connection }).workflow.getHandle(id).terminate();
      await connection.close();
    },
    async close() {
      await browser.close();
      await system.stop();
      await rm(folder, { recursive: true });
    },
  };
}
