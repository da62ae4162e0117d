import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRoom, type BrowserRoom } from './room.js';
import { isWide, PHONE } from './visitor.js';

/** The saga as a drawing, of trips on the whole system. */

let room: BrowserRoom;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

/** Books a car, then a hotel, then a flight, and opens the drawing on the booking's page. */
async function drawingOf(page: Page, hotel: string): Promise<void> {
  const legs = [
    { kind: 'CAR', offerId: 'car-down-0', stage: 1 },
    { kind: 'HOTEL', offerId: hotel, stage: 2 },
    { kind: 'FLIGHT', offerId: 'flight-down-0', stage: 3 },
  ];
  const query =
    'mutation ($input: BookTripInput!) { bookTrip(input: $input) { booking { id } userErrors { message } } }';
  const response = await page.request.post('/graphql', {
    headers: { 'content-type': 'application/json' },
    data: JSON.stringify({ query, variables: { input: { name: 'Ada', legs } } }),
  });
  const { data } = (await response.json()) as { data: { bookTrip: { booking: { id: string } } } };
  await page.goto(`/bookings/${data.bookTrip.booking.id}`);
  await page.getByText('How this trip is put together').click();
}

const bar = (page: Page, leg: string, what: string, outcome: string) =>
  page.locator(`[data-bar=${what}][data-bar-lane=${leg}][data-outcome=${outcome}]`);
const marks = (page: Page, leg: string, what: string) =>
  page.locator(`[data-mark=${what}][data-leg-lane=${leg}]`);

test('a trip whose hotel refuses shows what was held of the car, and the undo that took it back', async () => {
  const page = await room.open('/', PHONE);
  await drawingOf(page, 'hotel-invalid-down-0');
  await expect.poll(() => bar(page, 'car', 'held', 'released').count()).toBe(1);
  expect(await bar(page, 'car', 'undo', 'released').count()).toBe(1);
  expect(await bar(page, 'hotel', 'undo', 'nothing-held').count()).toBe(1);
  expect(await marks(page, 'flight', 'skipped').count()).toBe(1);
  expect(await page.locator('.saga-turn-text').textContent()).toContain('The hotel can’t be had');

  const told = (await page.locator('.saga > ol.hidden li').allTextContents()).join('\n');
  expect(told).toMatch(/The car is booked and held[^]*Turning point[^]*The car is undone: what was held/);
  expect(await page.getByRole('img', { name: /^Car: undone; Hotel: undone; Flight: never/ }).count()).toBe(1);

  expect(await room.seriousFaults(page)).toEqual([]);
  expect(await isWide(page)).toBe(false);
  const region = page.getByRole('group', { name: 'The saga as a drawing' });
  await region.focus();
  await page.keyboard.press('ArrowRight');
  await expect
    .poll(() => page.evaluate(`document.querySelector('.saga-scroll').scrollLeft`))
    .toBeGreaterThan(0);
  expect(room.complaints()).toEqual([]);
});

test('each failed attempt of a hotel that is down is drawn as it happens', async () => {
  const page = await room.open('/');
  await drawingOf(page, 'hotel-down-40');
  await page.evaluate('window.notReloaded = true');
  await expect.poll(() => marks(page, 'hotel', 'try').count()).toBeGreaterThan(0);
  const before = await marks(page, 'hotel', 'try').count();
  await expect.poll(() => marks(page, 'hotel', 'try').count()).toBeGreaterThan(before);
  expect(await page.evaluate('window.notReloaded')).toBe(true);
  expect(await bar(page, 'car', 'held', 'running').count()).toBe(1);
  expect(await bar(page, 'flight', 'wait', 'running').count()).toBe(1);
  expect(await room.seriousFaults(page)).toEqual([]);
});
