import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import getPort from 'get-port';
import { launchChromium } from '../support/find-chromium.js';
import { run, type Program } from '../support/processes.js';

export interface BrowserRoom {
  /** A page in a context of its own, at the address. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** What axe finds serious or critical, in a line each. */
  seriousFaults(page: Page): Promise<string[]>;
  /** What the browser complained of so far: refused by the policy, not found, thrown. */
  complaints(): string[];
  /** Stops a booking from outside, as an operator may with Temporal's own tools. */
  terminate(id: string): Promise<void>;
  close(): Promise<void>;
}

/** The whole of `npm start` as it was built, on free ports, and a Chromium. */
export async function openRoom(): Promise<BrowserRoom> {
  // First: without it there is nothing to start the rest for.
  const browser: Browser = await launchChromium();
  const folder = await mkdtemp(join(tmpdir(), 'browser-test-'));
  // PostgreSQL's own user has to get through to its data.
  await chmod(folder, 0o755);
  const [port, temporalPort] = [await getPort(), await getPort()];
  const system: Program = run(['node', 'dist/dev/dev.js'], {
    PORT: String(port),
    TEMPORAL_PORT: String(temporalPort),
    TEMPORAL_UI_PORT: String(await getPort()),
    POSTGRES_PORT: String(await getPort()),
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
      // What comes in fades in, also while it is being looked at: half faded it is too pale to read. So nothing moves.
      await page.emulateMedia({ reducedMotion: 'reduce' });
      // Through the debugger: the page's policy lets no foreign script in.
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
