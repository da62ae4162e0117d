import type { Page } from 'playwright-core';

/** What visitors of the page do again and again. */

export const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();

/** Presses a button of the open dialog: the one that opened it may have the same words and an ellipsis. */
export const decide = (page: Page, name: string | RegExp) =>
  page.getByRole('dialog').getByRole('button', { name }).click();

export const status = async (page: Page) => (await page.locator('.status').textContent()) ?? '';

export const leg = (page: Page, id: string) => page.locator(`[data-leg=${id}]`);

export const isWide = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

export const PHONE = { viewport: { width: 320, height: 640 } };

/** The tutorial's trip, under review. */
export const TUTORIAL_REVIEW =
  '/review?leg=CAR.1.valid-car-id&leg=HOTEL.1.valid-hotel-id&leg=FLIGHT.1.valid-flight-id';

/** Opens the fold for developers on the shop's first page. */
export async function openFailures(page: Page): Promise<void> {
  const fold = page.locator('.try-failure');
  if ((await fold.getAttribute('open')) === null) await fold.locator('summary').click();
}

/** Books an example of the fold, unchanged or with other offers. @returns the path of the booking */
export async function tryFailure(
  page: Page,
  example: RegExp,
  ids: Partial<Record<'Car' | 'Hotel' | 'Flight', string>> = {},
): Promise<string> {
  await openFailures(page);
  await press(page, example);
  for (const [kind, id] of Object.entries(ids)) await page.getByLabel(`${kind} id`).fill(id);
  await press(page, 'Book the trip');
  await page.waitForURL(/\/bookings\/./);
  return new URL(page.url()).pathname;
}
