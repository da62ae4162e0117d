// Writes the README's pictures of the page: everything is started on free ports, as it was built, and stopped again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import { launchChromium } from '../test/support/find-chromium.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const pictures = join(root, 'docs/screenshots');
const data = await mkdtemp(join(tmpdir(), 'screenshots-'));
// PostgreSQL's own user has to get through to its data.
await chmod(data, 0o755);

const port = await getPort();
const settings = {
  PORT: String(port),
  TEMPORAL_PORT: String(await getPort()),
  TEMPORAL_UI_PORT: String(await getPort()),
  POSTGRES_PORT: String(await getPort()),
  TRIPSAGA_DATA_DIR: data,
};
const system = spawn(process.execPath, ['dist/dev/dev.js'], {
  cwd: root,
  env: { ...process.env, ...settings },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(system, 'exit');

try {
  let said = '';
  system.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  // Read to the end: nobody who still has to say something finds it closed.
  while (!said.includes('Ctrl-C')) await Promise.race([once(system.stdout, 'data'), ended.then(failed)]);
  await takePictures();
} finally {
  system.kill('SIGTERM');
  await ended;
  await rm(data, { recursive: true });
}

function failed(): never {
  throw new Error('It ended before it was ready. Is it built? `npm run build`');
}

async function takePictures(): Promise<void> {
  await mkdir(pictures, { recursive: true });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({
      baseURL: `http://127.0.0.1:${port}`,
      viewport: { width: 1000, height: 760 },
      locale: 'en-GB',
      reducedMotion: 'reduce',
    });
    const book = async (example: RegExp) => {
      await page.goto('/');
      await page.getByRole('button', { name: example }).click();
      await page.getByRole('button', { name: 'Book the trip' }).click();
      await page.waitForURL(/\/bookings\/./);
    };
    await book(/All goes well/);
    await page.locator('.status', { hasText: 'Confirmed' }).waitFor();
    await book(/Sold out/);
    await page.locator('.status', { hasText: 'Cancelled' }).waitFor();
    await book(/The hotel refuses/);
    await page.locator('.status', { hasText: 'Cancelled' }).waitFor();
    await page.screenshot({ path: join(pictures, 'booking.png') });
    await book(/The hotel is down twice/);
    await page.locator('[data-leg=hotel][data-state=RETRYING]').waitFor();
    await page.goto('/bookings');
    await page.locator('.bookings > li').nth(3).waitFor();
    await page.screenshot({ path: join(pictures, 'list.png') });
  } finally {
    await browser.close();
  }
}
