import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRoom, type BrowserRoom } from './room.js';
import { decide, isWide, leg, PHONE, press, status, tryFailure } from './visitor.js';

/** The operators' desk in a real browser, on the whole system. */

let room: BrowserRoom;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

const hrefs = async (page: Page, selector: string) =>
  Promise.all((await page.locator(selector).all()).map((link) => link.getAttribute('href')));

describe('the desk', () => {
  test('has what needs attention first, with its trouble; an undo can be retried, or settled by hand', async () => {
    const page = await room.open('/');
    const path = await tryFailure(page, /An undo gets stuck/, { Car: 'car-desk-undo-down' });
    await expect.poll(() => status(page)).toContain('Needs attention');
    expect(await page.getByRole('button', { name: /undo|Settle/ }).count()).toBe(0);

    await page.getByRole('link', { name: 'Desk', exact: true }).click();
    const trouble = page.locator(`.troubles a[href="${path.replace('bookings', 'desk')}"]`);
    await expect.poll(() => trouble.textContent()).toMatch(/The car can’t be released: .+/);
    await expect.poll(() => page.locator('[data-light=Database]').textContent()).toContain('Up');
    await expect.poll(() => page.locator('[data-light=Workers]').textContent()).toContain('1');
    await expect
      .poll(() => page.locator('[data-light="Supplier sandbox"]').textContent())
      .toContain('failing');
    await expect
      .poll(() => page.locator('[data-light="Needs attention"]').textContent())
      .toContain('1 booking');
    expect(await room.seriousFaults(page)).toEqual([]);

    await trouble.click();
    await press(page, 'Retry the undo…');
    await page.getByRole('dialog').waitFor();
    expect(await room.seriousFaults(page)).toEqual([]);
    await decide(page, 'Retry the undo of the car');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await expect.poll(() => leg(page, 'car').getAttribute('data-state')).toBe('UNDO_FAILED');

    await press(page, 'Settle by hand…');
    await decide(page, 'Settle the car');
    await expect.poll(() => page.locator('[role=dialog] .problem').count()).toBe(1);
    await page.getByLabel(/released by hand/).fill('called the supplier');
    await decide(page, 'Settle the car');
    await expect.poll(() => status(page)).toContain('Cancelled');
    await page.locator('.events .message', { hasText: 'called the supplier' }).waitFor();
  });

  test('resumes a trip whose workflow was terminated half-way, or calls it off', async () => {
    const [wanted, unwanted] = [await room.open('/', PHONE), await room.open('/')];
    const paths: string[] = [];
    for (const page of [wanted, unwanted]) {
      const path = await tryFailure(page, /All goes well/, { Flight: 'flight-slow-8' });
      await expect.poll(() => leg(page, 'flight').getAttribute('data-state')).toBe('RUNNING');
      await room.terminate(path.split('/').pop() ?? '');
      paths.push(path);
    }
    // The watchman leaves a booking alone for a few seconds before it checks for progress.
    for (const page of [wanted, unwanted])
      await expect.poll(() => status(page), { timeout: 90_000 }).toContain('Needs attention');
    expect(await unwanted.getByRole('button', { name: 'Call it off…' }).count()).toBe(1);
    for (const page of [wanted, unwanted]) {
      await page.getByRole('link', { name: 'Open at the desk' }).click();
      await page.getByRole('heading', { name: /workflow was stopped/ }).waitFor();
    }
    expect(await room.seriousFaults(wanted)).toEqual([]);
    expect(await isWide(wanted)).toBe(false);
    const desk = await room.open('/desk');
    const troubles = () => hrefs(desk, '.troubles h3 a');
    // The oldest first.
    await expect.poll(troubles).toEqual(paths.map((path) => path.replace('bookings', 'desk')));

    await press(wanted, 'Resume the booking…');
    await decide(wanted, 'Resume the booking');
    await expect.poll(() => status(wanted)).toContain('Confirmed');
    await press(unwanted, 'Call it off…');
    await decide(unwanted, 'Call the trip off');
    await expect.poll(() => status(unwanted)).toContain('Cancelled');
  }, 200_000);

  test('finds bookings by offer, owner and date', async () => {
    const page = await room.open('/');
    const path = await tryFailure(page, /All goes well/, { Car: 'car-only-here' });
    await page.goto('/desk');
    const links = () => hrefs(page, '.bookings h3 a');
    await page.getByLabel('Offer id').fill('car-only-here');
    await press(page, 'Search');
    await expect.poll(links).toEqual([path.replace('bookings', 'desk')]);
    await page.getByLabel('Owner').fill('nobody');
    await press(page, 'Search');
    await expect.poll(links).toEqual([]);
    await page.getByLabel('Owner').fill('anonymous');
    await page.getByLabel('Booked until').fill('2020-01-01');
    await press(page, 'Search');
    await expect.poll(() => page.locator('[role=status]').allTextContents()).toContain('No bookings.');
    await page.goBack();
    await page.goBack();
    await expect.poll(links).toEqual([path.replace('bookings', 'desk')]);
  });
});

test('the browser logged no errors', () => {
  expect(room.complaints()).toEqual([]);
});
