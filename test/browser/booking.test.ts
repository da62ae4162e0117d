import { readFile } from 'node:fs/promises';
import type { Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRoom, type BrowserRoom } from './room.js';
import { decide, isWide, leg, PHONE, press, status } from './visitor.js';

/** The page of a booking in a real browser, on the whole system. */

let room: BrowserRoom;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

const CAR = { kind: 'CAR', offerId: 'valid-car-id', stage: 1 };
const HOTEL = { kind: 'HOTEL', offerId: 'valid-down-0', stage: 2 };
const FLIGHT = { kind: 'FLIGHT', offerId: 'valid-flight-id', stage: 3 };

/** Books a trip by the API and opens its page. @returns the booking's id and reference */
async function bookTrip(
  page: Page,
  legs: object[],
  name = 'Ada',
): Promise<{ id: string; reference: string }> {
  const query =
    'mutation ($input: BookTripInput!) { bookTrip(input: $input) { booking { id reference } userErrors { message } } }';
  const response = await page.request.post('/graphql', {
    headers: { 'content-type': 'application/json' },
    data: JSON.stringify({ query, variables: { input: { name, legs } } }),
  });
  const { data } = (await response.json()) as {
    data: { bookTrip: { booking: { id: string; reference: string } } };
  };
  await page.goto(`/bookings/${data.bookTrip.booking.id}`);
  return data.bookTrip.booking;
}

/** A page that shows a new booking of these legs. */
async function show(legs: object[], options?: Parameters<BrowserRoom['open']>[1]) {
  const page = await room.open('/bookings', options);
  return { page, ...(await bookTrip(page, legs)) };
}

const text = async (page: Page, selector: string) => (await page.locator(selector).textContent()) ?? '';
const next = (page: Page) => text(page, '.next');
const badge = (page: Page, id: string) => leg(page, id).locator('.badge').textContent();
const story = (page: Page) => page.locator('.events .what').allTextContents();
const focused = (page: Page) => page.evaluate('document.activeElement?.textContent');

async function isSound(page: Page) {
  expect(await room.seriousFaults(page)).toEqual([]);
  expect(await isWide(page)).toBe(false);
}

describe('a trip from our own stock', () => {
  const STOCK = [
    { kind: 'HOTEL', offerId: 'hotel-lisbon-alfama', quantity: 1 },
    { kind: 'FLIGHT', offerId: 'flight-lisbon-economy', quantity: 2 },
  ];

  test('is headed by what was bought, and says who travels, what it costs and how to prove it', async () => {
    const { page, reference } = await show(STOCK, PHONE);
    await expect.poll(() => status(page)).toBe('Confirmed Everything is booked.');
    expect(await text(page, 'h1')).toMatch(/^Lisbon, May 3 – 10, \d{4}$/);
    expect(await page.title()).toBe(`Booking ${reference} · Tripsaga`);
    expect(await text(page, '.particulars')).toMatch(new RegExp(`${reference}.*Ada.*€1,170.60`));
    expect(await page.locator('bdi', { hasText: 'Ada' }).count()).toBe(1);
    expect(await leg(page, 'hotel').textContent()).toMatch(
      /Booked.*Casa Alfama.*Lisbon, May 3 – 10, \d{4}, 7 nights.*€742\.00.*Confirmation \w+/,
    );
    expect(await leg(page, 'flight').textContent()).toMatch(/2 × Berlin to Lisbon/);
    expect(await next(page)).toContain('Have the confirmation numbers with you');
    await isSound(page);
  });

  test('can be copied by its reference, put into a calendar, and printed', async () => {
    const { page, id, reference } = await show(STOCK, { permissions: ['clipboard-read', 'clipboard-write'] });
    await expect.poll(() => status(page)).toContain('Confirmed');
    await press(page, 'Copy the reference');
    await expect.poll(() => page.getByRole('button', { name: 'Copied' }).count()).toBe(1);
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(reference);

    const downloading = page.waitForEvent('download');
    await press(page, 'Add to calendar');
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(`trip-${reference}.ics`);
    const file = (await readFile(await download.path(), 'utf8')).replaceAll('\r\n ', '');
    expect(file).toContain(`UID:${id}/hotel@tripsaga`);
    expect(file).toMatch(/DTSTART;VALUE=DATE:\d{4}0503\r\nDTEND;VALUE=DATE:\d{4}0511/);

    await page.evaluate('window.print = () => { window.printed = true; }');
    await press(page, 'Print');
    expect(await page.evaluate('window.printed')).toBe(true);
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Lisbon');
    expect(await leg(page, 'hotel').isVisible()).toBe(true);
  });

  test('has a reference that is selected where nothing can be copied', async () => {
    const { page, reference } = await show(STOCK);
    await expect.poll(() => status(page)).toContain('Confirmed');
    await page.evaluate('navigator.clipboard.writeText = () => Promise.reject(new Error("forbidden"))');
    await press(page, 'Copy the reference');
    await page.getByText('Selected: copy it').waitFor();
    expect(await page.evaluate('getSelection().toString()')).toBe(reference);
  });
});

describe('on the way', () => {
  test('it says which supplier doesn’t answer, which try comes, and that it goes on by itself', async () => {
    const { page } = await show([CAR, { ...HOTEL, offerId: 'hotel-down-3' }, FLIGHT], PHONE);
    await expect
      .poll(() => status(page))
      .toMatch(/The car is reserved; the hotel doesn’t answer, (second|third) try\./);
    expect(await badge(page, 'hotel')).toBe('No answer yet');
    expect(await badge(page, 'car')).toBe('Reserved');
    expect(await badge(page, 'flight')).toBe('Not started');
    expect(await next(page)).toMatch(/We keep at it|we give up and nothing stays reserved/);
    await isSound(page);
    await expect.poll(() => status(page)).toContain('Confirmed');
    const lines = await story(page);
    expect(lines).toContain('The hotel didn’t answer (first try).');
    expect(new Set(lines).size).toBe(lines.length);
  });

  test('its progress is one line of steps, on a phone too', async () => {
    const { page } = await show([CAR, { ...HOTEL, offerId: 'hotel-slow-9' }, FLIGHT]);
    const steps = page.getByRole('list', { name: 'Progress' }).locator('.step');
    await expect
      .poll(() => steps.allTextContents())
      .toEqual(['Car Reserved', 'Hotel Being reserved', 'Flight Not started']);
    const rows = async () =>
      new Set(
        (await Promise.all((await steps.all()).map((step) => step.boundingBox()))).map((box) => box?.y),
      );
    expect((await rows()).size).toBe(1);
    await page.setViewportSize(PHONE.viewport);
    expect((await rows()).size).toBe(1);
    expect(await isWide(page)).toBe(false);
  });
});

describe('a trip that can’t be had', () => {
  test('says why in words, claims no undoing of what never was booked, and leads back to the filled shop', async () => {
    const { page } = await show(
      [CAR, { ...HOTEL, offerId: 'bad&1-invalid-down-0', quantity: 2 }, FLIGHT],
      PHONE,
    );
    await expect
      .poll(() => status(page))
      .toBe('Cancelled The hotel was refused, so the trip was cancelled: nothing is held.');
    expect(await badge(page, 'car')).toBe('Released');
    expect(await leg(page, 'car').textContent()).not.toContain('Confirmation');
    expect(await badge(page, 'hotel')).toBe('Refused');
    expect(await badge(page, 'flight')).toBe('Not booked');
    expect(await story(page)).toEqual([
      'Order received.',
      'Reserving the car.',
      'The car is reserved.',
      'Reserving the hotel.',
      'The hotel was refused.',
      'The flight was never started.',
      'Making sure that nothing is held for the hotel.',
      'Nothing is held for the hotel.',
      'Releasing the car.',
      'The car is released.',
    ]);
    await isSound(page);
    await page.getByRole('link', { name: 'Change the hotel and try again' }).click();
    const address = new URL(page.url());
    expect(address.pathname).toBe('/');
    expect([...address.searchParams]).toEqual([
      ['view', 'own'],
      ['travellers', '1'],
      ['leg', 'CAR.1.valid-car-id'],
      ['leg', 'FLIGHT.1.valid-flight-id'],
    ]);
  });

  test('keeps attempts, codes and ids folded away for support', async () => {
    const { page, id } = await show([{ ...HOTEL, offerId: 'hotel-invalid-down-0' }]);
    await expect.poll(() => status(page)).toContain('Cancelled');
    // Its run may have answered just after it ended; from now on the record does.
    await page.reload();
    await expect.poll(() => status(page)).toContain('Cancelled');
    const fold = page.locator('details.support');
    expect(await fold.getByText('SUPPLIER_REFUSED').first().isVisible()).toBe(false);
    await page.getByText('Details for support').click();
    for (const part of [id, 'SUPPLIER_REFUSED', 'Voyage cancelled', 'RECORD'])
      expect(await fold.getByText(part).first().isVisible()).toBe(true);
    expect(await fold.getByRole('link', { name: /Temporal/ }).getAttribute('href')).toContain(id);
    await isSound(page);
  });
});

describe('calling off', () => {
  const SLOW = [CAR, { ...FLIGHT, offerId: 'flight-hang-9' }];

  test('has a dialog that Escape closes, that gives the focus back, and that keeps what was typed', async () => {
    const { page } = await show(SLOW, PHONE);
    await expect.poll(() => badge(page, 'car')).toBe('Reserved');
    const dialog = page.getByRole('dialog', { name: 'Call the trip off?' });
    await press(page, 'Call it off…');
    await dialog.waitFor();
    expect(await dialog.textContent()).toContain('What is reserved so far is released');
    await page.getByLabel(/Reason/).fill('the dog is ill');
    await isSound(page);
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count()).toBe(0);
    await expect.poll(() => focused(page)).toBe('Call it off…');

    await page.keyboard.press('Enter');
    await dialog.waitFor();
    expect(await page.getByLabel(/Reason/).inputValue()).toBe('the dog is ill');
    await press(page, 'Keep the trip');
    await expect.poll(() => dialog.count()).toBe(0);
    await expect.poll(() => focused(page)).toBe('Call it off…');

    await press(page, 'Call it off…');
    await decide(page, 'Call the trip off');
    await expect.poll(() => page.evaluate('document.activeElement?.tagName')).toBe('H1');
    await expect.poll(() => status(page)).toContain('You called the trip off: nothing is held.');
    expect(await badge(page, 'car')).toBe('Released');
    expect(await badge(page, 'flight')).toBe('Not booked');
    expect(await story(page)).toContain('You called the trip off. “the dog is ill”');
    expect(await page.getByRole('link', { name: 'Book the trip again' }).count()).toBe(1);
  });

  test('that isn’t answered says that nobody knows yet, and can be repeated', async () => {
    const { page } = await show(SLOW);
    await press(page, 'Call it off…');
    await page.route('**/graphql', (route) =>
      route.request().postData()?.includes('CancelBooking') ? route.abort() : route.continue(),
    );
    await decide(page, 'Call the trip off');
    await expect
      .poll(async () => (await page.getByRole('alert').allTextContents()).join())
      .toContain('We don’t know yet whether it was done. Press again, it is safe.');
    await page.unroute('**/graphql');
    await decide(page, 'Call the trip off');
    await expect.poll(() => status(page)).toContain('nothing is held');
    // The browser logs the aborted request as an error.
    room.complaints().splice(0);
  });

  test('of a confirmed trip gives it back', async () => {
    const { page } = await show([CAR]);
    await expect.poll(() => status(page)).toContain('Confirmed');
    await press(page, 'Call it off…');
    await page.getByText('Every part of the trip is given back').waitFor();
    let asked = 0;
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('mutation CancelBooking')) asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.continue();
    });
    await page.getByRole('dialog').getByRole('button', { name: 'Call the trip off' }).dblclick();
    await expect.poll(() => status(page)).toContain('You called the trip off: nothing is held.');
    expect(asked).toBe(1);
    expect(await badge(page, 'car')).toBe('Released');
  });
});

test('a leg that can’t be released yet is ours to settle, and nothing for the traveller to do', async () => {
  const { page } = await show([
    { ...CAR, offerId: 'car-undo-down' },
    { ...HOTEL, offerId: 'hotel-invalid-down-0' },
  ]);
  await expect
    .poll(() => status(page))
    .toBe('Needs attention The hotel was refused, but the car may still be held.');
  expect(await next(page)).toContain('Nothing for you to do');
  expect(await badge(page, 'car')).toBe('Not released yet');
  await isSound(page);
});

test('what was tried, and what was left out, is said in words', async () => {
  const { page } = await show([
    { kind: 'HOTEL', offerId: 'rome-invalid-down-0', alternatives: ['rome-down-0'] },
    { kind: 'EXCURSION', offerId: 'tour-invalid', required: false },
  ]);
  await expect.poll(() => status(page)).toContain('Your trip is booked, without the excursion.');
  expect(await leg(page, 'hotel').textContent()).toMatch(
    /rome-down-0.*Tried rome-invalid-down-0 first: refused\./,
  );
  expect(await leg(page, 'excursion').textContent()).toMatch(
    /Left out: refused\. The supplier says: “Invalid excursion/,
  );
  expect(await story(page)).toContain('Trying another hotel.');
});

test('a booking that isn’t found says so, and what to do', async () => {
  const page = await room.open('/bookings/nobody-1', PHONE);
  await page.getByRole('heading', { name: 'There’s no such booking here' }).waitFor();
  expect(await page.title()).toBe('Booking not found · Tripsaga');
  await isSound(page);
  await page.getByRole('link', { name: 'your bookings' }).click();
  await page.waitForURL(/\/bookings$/);
});

test('without a socket, the page says once that it looks again by itself, and does', async () => {
  const page = await room.open('/bookings');
  await page.routeWebSocket(/graphql/, (socket) => socket.close());
  await bookTrip(page, [{ ...HOTEL, offerId: 'hotel-slow-6' }]);
  await expect
    .poll(() => text(page, '.connection'))
    .toBe('Live updates don’t get through here, so this page looks again every two seconds.');
  await expect.poll(() => status(page)).toContain('Confirmed');
});

test('a trip that ends while its socket is still being opened leaves no error behind', async () => {
  const page = await room.open('/bookings');
  const sockets: WebSocketRoute[] = [];
  // The first is closed, so the page looks again by itself. The others are never answered.
  await page.routeWebSocket(/graphql/, (socket) => {
    if (sockets.push(socket) === 1) void socket.close();
  });
  await bookTrip(page, [{ ...HOTEL, offerId: 'hotel-slow-3' }]);
  await expect.poll(() => status(page)).toContain('Confirmed');
  expect(sockets.length).toBeGreaterThan(1);
  await Promise.all(sockets.slice(1).map((socket) => socket.close()));
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 100))');
  expect(room.complaints()).toEqual([]);
});

test('the browser logged no errors', () => {
  expect(room.complaints()).toEqual([]);
});
