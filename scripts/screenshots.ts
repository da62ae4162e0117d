// Takes the README's screenshots of the built page.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRoom } from '../test/browser/room.js';
import { status, tryFailure } from '../test/browser/visitor.js';
import { exitOnSignals } from './exit-on-signals.js';

const pictures = fileURLToPath(new URL('../docs/screenshots', import.meta.url));
const picture = (name: string) => page.screenshot({ path: join(pictures, `${name}.png`) });

exitOnSignals();
const room = await openRoom();
const page = await room.open('/?place=Lisbon&travellers=2', {
  viewport: { width: 1100, height: 920 },
  locale: 'en-GB',
  reducedMotion: 'reduce',
});
await page.locator('.card:not(.skeleton)').nth(2).waitFor();
await picture('shop');

await page.goto('/');
await tryFailure(page, /The hotel refuses/, { Car: 'car-lisbon-compact', Hotel: 'lisbon-hotel-invalid' });
await until('Cancelled');
await picture('booking');

await page.goto('/');
await tryFailure(page, /An undo gets stuck/, { Hotel: 'hotel-down-2' });
await until('Needs attention');
await page.getByRole('link', { name: 'Open at the desk' }).click();
await page.locator('.saga').waitFor();
await picture('desk');
await room.close();

/** Waits until the booking is in this status. */
async function until(words: string): Promise<void> {
  while (!(await status(page)).includes(words)) await page.waitForTimeout(200);
}
