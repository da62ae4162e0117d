import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRoom, type BrowserRoom } from './room.js';

/** The page in a real browser, on the whole system. */

let room: BrowserRoom;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

const PHONE = { viewport: { width: 320, height: 640 } };

const status = async (page: Page) => (await page.locator('.status').textContent()) ?? '';
const leg = (page: Page, id: 'car' | 'hotel' | 'flight') => page.locator(`[data-leg=${id}]`);
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();

/** Books the example with that title, unchanged or with other offers. */
async function book(
  page: Page,
  example: RegExp,
  ids: Partial<Record<'Car' | 'Hotel' | 'Flight', string>> = {},
) {
  await press(page, example);
  for (const [kind, id] of Object.entries(ids)) await page.getByLabel(`${kind} id`).fill(id);
  await press(page, 'Book the trip');
  await page.waitForURL(/\/bookings\/./);
}

/** Opens the operators' page of the booking that is shown. */
async function operate(page: Page) {
  await page.getByRole('link', { name: 'Operate this booking' }).click();
  await page.waitForURL(/\/operate\/./);
  await page.getByRole('heading', { name: 'Needs a decision' }).waitFor();
}

const isWide = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

describe('a trip', () => {
  test('is booked, and can be followed until it is confirmed with the tutorial’s reply', async () => {
    const page = await room.open('/');
    await book(page, /All goes well/);
    await expect.poll(() => leg(page, 'car').getAttribute('data-state')).toBe('BOOKED');
    await expect.poll(() => leg(page, 'hotel').textContent()).toContain('No answer yet');
    await expect.poll(() => status(page)).toContain('Confirmed');
    expect(await page.locator('.reply').textContent()).toBe(
      'Booked car: valid-car-id Booked hotel: valid-hotel-id Booked flight: valid-flight-id',
    );
  });

  test('that the hotel refuses is undone in reverse order, like the tutorial’s failing trip', async () => {
    const page = await room.open('/');
    await book(page, /The hotel refuses/);
    await expect.poll(() => status(page)).toContain('Cancelled');
    expect(await page.locator('.reply').textContent()).toBe('Voyage cancelled');
    const undone = await page.locator('.log li').filter({ hasText: 'UNDONE' }).allTextContents();
    expect(undone.map((line) => /car|hotel|flight/.exec(line)?.[0])).toEqual(['hotel', 'car']);
    expect(await leg(page, 'flight').getAttribute('data-state')).toBe('SKIPPED');
  });

  test('is booked once on a double click', async () => {
    const page = await room.open('/');
    await page.getByLabel('Traveller’s name').fill('Dora Double');
    await page.getByRole('button', { name: 'Book the trip' }).dblclick();
    await page.waitForURL(/\/bookings\/./);
    const body = JSON.stringify({ query: '{ bookings(filter: { text: "Dora Double" }) { nodes { id } } }' });
    const headers = { 'content-type': 'application/json' };
    const ask = async (): Promise<unknown> =>
      (await page.request.post('/graphql', { data: body, headers })).json();
    await expect.poll(() => status(page)).toContain('Confirmed');
    await expect
      .poll(ask)
      .toMatchObject({ data: { bookings: { nodes: [{ id: expect.any(String) as unknown }] } } });
  });

  test('can be called off half-way, with a reason', async () => {
    const page = await room.open('/');
    await book(page, /All goes well/, { Flight: 'flight-slow-8' });
    await expect.poll(() => leg(page, 'flight').getAttribute('data-state')).toBe('RUNNING');
    await press(page, 'Call it off…');
    await page.getByLabel(/Reason/).fill('the dog is ill');
    await press(page, 'Call the trip off');
    await expect.poll(() => status(page)).toContain('Cancelled');
    expect(await page.getByText('the dog is ill').count()).toBeGreaterThan(0);
    expect(await leg(page, 'car').getAttribute('data-state')).toBe('UNDONE');
  });

  test('is shown in its current state when the page is reloaded half-way', async () => {
    const page = await room.open('/');
    await book(page, /The hotel is down twice/);
    await expect.poll(() => leg(page, 'hotel').getAttribute('data-state')).toBe('RETRYING');
    await page.reload();
    await expect.poll(() => leg(page, 'car').getAttribute('data-state')).toBe('BOOKED');
    await expect.poll(() => status(page)).toContain('Confirmed');
  });

  test('with a stuck undo can be settled by an operator', async () => {
    const page = await room.open('/');
    await book(page, /An undo gets stuck/);
    await expect.poll(() => status(page)).toContain('Needs attention');
    expect(await page.getByRole('button', { name: /undo|Settle/ }).count()).toBe(0);
    await operate(page);
    expect(await room.seriousFaults(page)).toEqual([]);
    await press(page, 'Settle the car');
    await expect.poll(() => page.locator('.attention .problem').count()).toBe(1);
    await page.getByLabel(/released by hand/).fill('called the supplier');
    await press(page, 'Settle the car');
    await expect.poll(() => status(page)).toContain('Cancelled');
  });
});

describe('a trip of any legs', () => {
  async function bookTrip(page: Page, legs: object[]): Promise<void> {
    const query =
      'mutation ($input: BookTripInput!) { bookTrip(input: $input) { booking { id } userErrors { message } } }';
    const response = await page.request.post('/graphql', {
      headers: { 'content-type': 'application/json' },
      data: JSON.stringify({ query, variables: { input: { name: 'Ada', legs } } }),
    });
    const { data } = (await response.json()) as { data: { bookTrip: { booking: { id: string } } } };
    await page.goto(`/bookings/${data.bookTrip.booking.id}`);
  }

  test('shows each leg by name, its quantity, what was tried, and why one was left out', async () => {
    const page = await room.open('/');
    await bookTrip(page, [
      { kind: 'HOTEL', offerId: 'rome-invalid-down-0', alternatives: ['rome-down-0'] },
      { kind: 'HOTEL', offerId: 'pisa-down-0', quantity: 3 },
      { kind: 'EXCURSION', offerId: 'tour-invalid', required: false },
    ]);
    await expect.poll(() => status(page)).toContain('Confirmed');
    const text = async (id: string) => (await page.locator(`[data-leg=${id}]`).textContent()) ?? '';
    expect(await text('hotel')).toMatch(/Hotel 1.*rome-down-0.*Tried rome-invalid-down-0 first: refused/);
    expect(await text('hotel-2')).toMatch(/Hotel 2.*3 × pisa-down-0/);
    expect(await text('excursion')).toMatch(/^Excursion ?Left out.*tour-invalid.*Left out: refused/);
    expect(await page.locator('.leg svg path').count()).toBe(3);
    const events = (await page.locator('.events li').allTextContents()).join('\n');
    expect(events).toMatch(/Hotel 1 is reserved/);
    expect(events).toMatch(/Hotel 2 is reserved/);
  });

  test.each([
    ['a phone', PHONE],
    ['a screen', {}],
  ])('of twenty legs fits %s', async (_what, options) => {
    const page = await room.open('/', options);
    const offerId = `down-0-${'x'.repeat(150)}`;
    await bookTrip(
      page,
      Array.from({ length: 20 }, () => ({ kind: 'EXCURSION', offerId, stage: 1 })),
    );
    await expect.poll(() => status(page)).toContain('Confirmed');
    expect(await page.locator('.leg').count()).toBe(20);
    expect(await page.locator('.leg h3').last().textContent()).toContain('Excursion 20');
    expect(await isWide(page)).toBe(false);
    expect(await room.seriousFaults(page)).toEqual([]);
  });
});

test('a trip whose workflow was terminated half-way can be resumed by an operator, or called off', async () => {
  const [wanted, unwanted] = [await room.open('/', PHONE), await room.open('/')];
  for (const page of [wanted, unwanted]) {
    await book(page, /All goes well/, { Flight: 'flight-slow-8' });
    await expect.poll(() => leg(page, 'flight').getAttribute('data-state')).toBe('RUNNING');
    await room.terminate(new URL(page.url()).pathname.split('/').pop() ?? '');
  }
  // The watchman leaves a booking alone for a few seconds before it checks for progress.
  for (const page of [wanted, unwanted])
    await expect.poll(() => status(page), { timeout: 90_000 }).toContain('Needs attention');
  await operate(wanted);
  expect(await room.seriousFaults(wanted)).toEqual([]);
  expect(await isWide(wanted)).toBe(false);

  await press(wanted, 'Resume the booking');
  await expect.poll(() => status(wanted)).toContain('Confirmed');
  await press(unwanted, 'Call it off…');
  await press(unwanted, 'Call the trip off');
  await expect.poll(() => status(unwanted)).toContain('Cancelled');
}, 200_000);

test('an error is shown at its field, which gets the focus', async () => {
  const page = await room.open('/');
  await page.getByLabel('Attempts').fill('0');
  await press(page, 'Book the trip');
  await expect.poll(() => page.evaluate('document.activeElement?.id')).toBe('field-attempts');
  expect(await page.locator('#problem-attempts').textContent()).toContain('100');
});

test('a lost connection is reported, and the booking is up to date after reconnecting', async () => {
  const page = await room.open('/');
  await book(page, /All goes well/, { Car: 'car-slow-3', Flight: 'flight-slow-3' });
  await page.context().setOffline(true);
  await expect.poll(() => page.locator('.connection').textContent()).toContain('Connection lost');
  await page.context().setOffline(false);
  await expect.poll(() => page.locator('.connection').textContent()).not.toContain('Connection lost');
  await expect.poll(() => status(page)).toContain('Confirmed');
  // The browser logs the lost connection as errors.
  await page.context().close();
  room.complaints().splice(0);
});

test('the keyboard is enough: past the navigation, through the form, to the booking’s heading', async () => {
  const page = await room.open('/');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByLabel('Attempts').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/bookings\/./);
  await expect.poll(() => page.evaluate('document.activeElement?.tagName')).toBe('H1');
  await expect.poll(() => status(page)).toContain('Confirmed');
});

describe('the list', () => {
  test('can be filtered by status, and links to each booking', async () => {
    const page = await room.open('/bookings');
    await page.getByLabel('Status').selectOption('CONFIRMED');
    expect(new URL(page.url()).search).toBe('?status=CONFIRMED');
    const shown = async () => new Set(await page.locator('.bookings .badge').allTextContents());
    await expect.poll(shown).toEqual(new Set(['Confirmed']));
    await page.locator('.bookings > li > a').first().click();
    await expect.poll(() => status(page)).toContain('Confirmed');
    await page.goBack();
    await expect.poll(() => page.locator('h1').textContent()).toBe('Bookings');
  });
});

test('an operator finds what needs a decision among all bookings', async () => {
  const page = await room.open('/');
  expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
  await page.getByRole('link', { name: 'Operate', exact: true }).click();
  await page.getByRole('heading', { name: 'All bookings' }).waitFor();
  await page.getByLabel('Owner').fill('nobody');
  await press(page, 'Show');
  await expect.poll(() => page.locator('[role=status]').allTextContents()).toContain('No bookings.');
  await page.getByLabel('Owner').fill('anonymous');
  await press(page, 'Show');
  await page.getByLabel('Status').selectOption('CANCELLED');
  await page.locator('.bookings > li > a').first().click();
  await page.waitForURL(/\/operate\/./);
  await expect.poll(() => status(page)).toContain('Cancelled');
});

describe.each([
  ['light', 'light'],
  ['dark', 'dark'],
] as const)('in %s', (_title, colorScheme) => {
  test.each(['/', '/bookings', '/bookings/nobody-1', '/operate', '/operate/nobody-1'])(
    'axe finds nothing serious at %s, and it fits a phone',
    async (path) => {
      const page = await room.open(path, { colorScheme, ...PHONE });
      await page.locator('h1').waitFor();
      expect(await room.seriousFaults(page)).toEqual([]);
      expect(await isWide(page)).toBe(false);
    },
  );
});

test('GraphiQL opens with its examples, and runs them', async () => {
  const page = await room.open('/graphiql');
  const editor = page.locator('.graphiql-query-editor');
  await expect.poll(() => editor.textContent()).toContain('mutation BookVacation');
  // The editors and the schema load one after another.
  await page.waitForLoadState('networkidle');
  await page.getByRole('button', { name: /Execute query/ }).click();
  await expect.poll(() => page.locator('.result-window').textContent()).toContain('"userErrors": []');
});

test('the browser logged no errors', () => {
  expect(room.complaints()).toEqual([]);
});
