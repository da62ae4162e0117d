// Takes the README's screenshots of the built page.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRoom } from '../test/browser/room.js';
import { exitOnSignals } from './exit-on-signals.js';

const pictures = fileURLToPath(new URL('../docs/screenshots', import.meta.url));

exitOnSignals();
const room = await openRoom();
const page = await room.open('/', {
  viewport: { width: 1000, height: 760 },
  locale: 'en-GB',
  reducedMotion: 'reduce',
});
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
await room.close();

async function book(example: RegExp): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: example }).click();
  await page.getByRole('button', { name: 'Book the trip' }).click();
  await page.waitForURL(/\/bookings\/./);
}
