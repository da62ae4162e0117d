import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRoom, type BrowserRoom } from './room.js';
import { decide, isWide, leg, PHONE, press, status, tryFailure, TUTORIAL_REVIEW } from './visitor.js';

/** The page in a real browser, on the whole system: everything but the shop, the page of a booking and the desk. */

let room: BrowserRoom;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

const rows = (page: Page) => page.locator('.bookings > li');

describe('a trip', () => {
  test('that the sandbox fails is undone in reverse order, like the tutorial’s failing trip', async () => {
    const page = await room.open('/');
    await tryFailure(page, /The hotel refuses/);
    await expect.poll(() => status(page)).toContain('Cancelled');
    expect(await page.locator('.reply').textContent()).toBe('Voyage cancelled');
    const undone = await page.locator('.log li').filter({ hasText: 'UNDONE' }).allTextContents();
    expect(undone.map((line) => /car|hotel|flight/.exec(line)?.[0])).toEqual(['hotel', 'car']);
    expect(await leg(page, 'flight').getAttribute('data-state')).toBe('SKIPPED');
  });

  test('is shown in its current state when the page is reloaded half-way', async () => {
    const page = await room.open('/');
    await tryFailure(page, /The hotel is down twice/);
    await expect.poll(() => leg(page, 'hotel').getAttribute('data-state')).toBe('RETRYING');
    await page.reload();
    await expect.poll(() => leg(page, 'car').getAttribute('data-state')).toBe('BOOKED');
    await expect.poll(() => status(page)).toContain('Confirmed');
  });

  test.each([
    ['a phone', PHONE],
    ['a screen', {}],
  ])('of twenty legs fits %s', async (_what, options) => {
    const page = await room.open('/', options);
    const offerId = `down-0-${'x'.repeat(150)}`;
    const legs = Array.from({ length: 20 }, () => `leg=EXCURSION.1.${offerId}`).join('&');
    await page.goto(`/review?${legs}`);
    await page.getByLabel('Traveller’s name').fill('Many Legs');
    await page.getByRole('button', { name: /Book this trip/ }).waitFor();
    await press(page, /Book this trip/);
    await page.waitForURL(/\/bookings\/./);
    await expect.poll(() => status(page)).toContain('Confirmed');
    expect(await page.locator('li[data-leg]').count()).toBeGreaterThanOrEqual(20);
    expect(await isWide(page)).toBe(false);
    expect(await room.seriousFaults(page)).toEqual([]);
  });
});

test('a lost connection is reported, and the booking is up to date after reconnecting', async () => {
  const page = await room.open('/');
  await tryFailure(page, /All goes well/, { Car: 'car-slow-3', Flight: 'flight-slow-3' });
  await page.context().setOffline(true);
  await expect.poll(() => page.locator('.connection').textContent()).toContain('Connection lost');
  await page.context().setOffline(false);
  await expect.poll(() => page.locator('.connection').textContent()).not.toContain('Connection lost');
  await expect.poll(() => status(page)).toContain('Confirmed');
  // The browser logs the lost connection as errors.
  await page.context().close();
  room.complaints().splice(0);
});

test('a booking shown as confirmed is looked at again when the visitor comes back, and every minute', async () => {
  const [mine, other] = [await room.open('/'), await room.open('/')];
  const path = await tryFailure(mine, /All goes well/);
  await expect.poll(() => status(mine)).toContain('Confirmed');
  const tab = await room.open(path);
  await expect.poll(() => status(tab)).toContain('Confirmed');
  const second = await room.open(path);
  await expect.poll(() => status(second)).toContain('Confirmed');
  await second.clock.install();
  await second.reload();
  await expect.poll(() => status(second)).toContain('Confirmed');

  await other.goto(path);
  await press(other, 'Call it off…');
  await decide(other, 'Call the trip off');
  await expect.poll(() => status(other)).toContain('Cancelled');

  expect(await status(mine)).toContain('Confirmed');
  await mine.evaluate('dispatchEvent(new Event("focus"))');
  await expect.poll(() => status(mine)).toContain('Cancelled');
  expect(await status(tab)).toContain('Confirmed');
  await tab.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
  await expect.poll(() => status(tab)).toContain('Cancelled');
  expect(await status(second)).toContain('Confirmed');
  await second.clock.fastForward(61_000);
  await expect.poll(() => status(second)).toContain('Cancelled');
});

test('a hanging server gets one request at a time from a booking that is followed', async () => {
  const page = await room.open('/');
  await page.routeWebSocket(/graphql/, (socket) => socket.close());
  const path = await tryFailure(page, /All goes well/, { Flight: 'flight-slow-30' });
  await page.goto('about:blank');
  let asked = 0;
  await page.route('**/graphql', (route) => {
    if (route.request().postData()?.includes('query Booking(')) asked += 1;
    else void route.continue();
  });
  await page.goto(path);
  await expect.poll(() => page.locator('.connection').textContent()).toContain('looks again');
  // Three times the interval at which it would ask an API that answers.
  await new Promise((resolve) => setTimeout(resolve, 6500));
  expect(asked).toBe(1);
  await page.context().close();
  room.complaints().splice(0);
});

describe('the bookings', () => {
  const query =
    'mutation ($name: String!) { bookTrip(input: { name: $name, legs: [{ kind: CAR, offerId: "down-0" }] }) { booking { id } } }';
  const book = (page: Page, name: string) =>
    page.request.post('/graphql', { data: { query, variables: { name } } });

  test('are found by name, reference and status, all of which are in the address', async () => {
    const page = await room.open(TUTORIAL_REVIEW);
    await page.getByLabel('Traveller’s name').fill('Wanda Sought');
    await press(page, /Book this trip/);
    await page.waitForURL(/\/bookings\/./);
    await expect.poll(() => status(page)).toContain('Confirmed');
    const [reference = ''] = (await page.title()).match(/\w{4}-\w{4}/) ?? [];
    await book(page, 'Somebody Else');

    await page.getByRole('link', { name: 'Bookings' }).click();
    await page.getByLabel(/or reference/).fill('wanda');
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).search).toBe('?find=wanda');
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByLabel('Status').selectOption('CANCELLED');
    await expect.poll(() => new URL(page.url()).search).toBe('?find=wanda&status=CANCELLED');
    await page.getByText('Nothing matches.').waitFor();
    await page.goBack();
    await expect.poll(() => rows(page).count()).toBe(1);
    expect(await page.getByLabel('Status').inputValue()).toBe('');
    await page.goForward();
    await page.getByText('Nothing matches.').waitFor();
    expect(await page.getByLabel('Status').inputValue()).toBe('CANCELLED');

    await page.getByRole('link', { name: 'Bookings' }).click();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(1);
    expect(await page.getByLabel(/or reference/).inputValue()).toBe('');
    await page.getByLabel(/or reference/).fill(reference.toLowerCase().replace('-', ' '));
    await page.keyboard.press('Enter');
    await expect.poll(() => rows(page).count()).toBe(1);
    expect(await rows(page).textContent()).toContain('Wanda Sought');
  });

  test('are found by the day on which they were booked', async () => {
    const page = await room.open('/bookings');
    await book(page, 'Della Day');
    const today = await page.evaluate<string>(`new Date().toLocaleDateString('sv')`);
    await page.getByLabel('Booked from').fill(today);
    await page.getByLabel('Booked until').fill(today);
    await press(page, 'Search');
    await expect.poll(async () => (await rows(page).allTextContents()).join()).toContain('Della Day');
    expect(new URL(page.url()).search).toBe(`?since=${today}&until=${today}`);
    await page.getByLabel('Booked until').fill('2020-01-01');
    await page.getByLabel('Booked from').fill('');
    await press(page, 'Search');
    await page.getByText('Nothing matches.').waitFor();
  });

  test('are found by what was booked and where, too', async () => {
    const page = await room.open('/');
    const path = await tryFailure(page, /All goes well/, { Car: 'car-lisbon-compact' });
    await expect.poll(() => status(page)).toContain('Confirmed');
    for (const words of ['compact', 'LISBON']) {
      await page.goto(`/bookings?find=${words}`);
      await expect.poll(() => rows(page).count()).toBe(1);
      expect(await rows(page).getByRole('link').getAttribute('href')).toBe(path);
    }
  });

  test('are the same rows at the same place after Back, even if others were booked since', async () => {
    const page = await room.open('/');
    for (let nth = 1; nth <= 25; nth++) await book(page, `Row ${nth}`);
    await page.goto('/bookings?find=Row');
    await expect.poll(() => rows(page).count()).toBe(20);
    await page.getByRole('link', { name: 'Next page' }).click();
    await expect.poll(() => rows(page).count()).toBe(5);
    await page.goBack();
    await expect.poll(() => rows(page).count()).toBe(20);
    const last = rows(page).nth(19);
    await last.scrollIntoViewIfNeeded();
    const [names, scrolled] = [await rows(page).allTextContents(), await page.evaluate('scrollY')];
    expect(scrolled).toBeGreaterThan(100);
    await last.getByRole('link').click();
    await expect.poll(() => status(page)).toContain('Confirmed');
    await press(page, 'Call it off…');
    await decide(page, 'Call the trip off');
    await expect.poll(() => status(page)).toContain('Cancelled');
    await book(page, 'Row 26');
    await page.goBack();
    await expect.poll(() => rows(page).count()).toBe(20);
    await expect.poll(() => last.textContent()).toContain('Cancelled');
    const namesOf = (texts: string[]) => texts.map((text) => /Row \d+/.exec(text)?.[0]);
    expect(namesOf(await rows(page).allTextContents())).toEqual(namesOf(names));
    expect(await page.evaluate('scrollY')).toBe(scrolled);
    await page.getByRole('link', { name: 'Bookings' }).click();
    await expect.poll(async () => (await rows(page).allTextContents()).join()).toContain('Row 26');
  });
});

describe.each([
  ['light', 'light'],
  ['dark', 'dark'],
] as const)('in %s', (_title, colorScheme) => {
  test.each([
    '/',
    '/?place=Lisbon&travellers=2',
    '/?place=Lisbon&view=own&leg=HOTEL.1.hotel-lisbon-alfama',
    TUTORIAL_REVIEW,
    '/bookings',
    '/bookings/nobody-1',
    '/desk',
    '/desk/nobody-1',
    '/nowhere',
  ])('axe finds nothing serious at %s, and it fits a phone', async (path) => {
    const page = await room.open(path, { colorScheme, ...PHONE });
    await page.locator('h1').waitFor();
    await page.waitForLoadState('networkidle');
    expect(await room.seriousFaults(page)).toEqual([]);
    expect(await isWide(page)).toBe(false);
    // The browser logs the status of a page that isn't there.
    if (path === '/nowhere') room.complaints().splice(0);
  });
});

test('an unknown path is a page that leads back', async () => {
  const page = await room.open('/no/such/page');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Find a trip' }).click();
  await page.getByRole('heading', { name: 'Where do you want to go?' }).waitFor();
  room.complaints().splice(0);
});

test('after a deploy the page says what to do instead of staying blank', async () => {
  const page = await room.open('/bookings');
  await page.route('**/assets/*.js', (route) => route.fulfill({ status: 404, body: 'gone' }));
  await page.reload();
  await page.getByText('load the page again').waitFor();
  await page.unroute('**/assets/*.js');
  await page.getByRole('link', { name: 'load the page again' }).click();
  await page.getByRole('heading', { name: 'Your bookings' }).waitFor();
  room.complaints().splice(0);
});

test('after a deploy a part of the page that is gone has it loaded again, but once only', async () => {
  const page = await room.open('/');
  await tryFailure(page, /All goes well/, { Car: 'car-lisbon-compact' });
  await expect.poll(() => status(page)).toContain('Confirmed');
  let loads = 0;
  page.on('load', () => (loads += 1));
  await page.route('**/assets/calendar-*.js', (route) => route.fulfill({ status: 404, body: 'gone' }));
  await press(page, 'Add to calendar');
  await expect.poll(() => loads).toBe(1);
  await press(page, 'Add to calendar');
  await page.getByText('The calendar couldn’t be made.').waitFor();
  expect(loads).toBe(1);
  room.complaints().splice(0);
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
