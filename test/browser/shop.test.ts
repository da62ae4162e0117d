import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRoom, type BrowserRoom } from './room.js';
import { isWide, press, status, tryFailure, TUTORIAL_REVIEW } from './visitor.js';

/** The shop in a real browser, on the whole system. */

let room: BrowserRoom;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

const cards = (page: Page) => page.locator('.card:not(.skeleton)');
const addressOf = (page: Page) => {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
};

/** The ids of the bookings of a traveller, as the API knows them. */
async function bookingsOf(page: Page, name: string): Promise<string[]> {
  const query = 'query ($name: String!) { bookings(filter: { text: $name }) { nodes { id } } }';
  const response = await page.request.post('/graphql', { data: { query, variables: { name } } });
  const { data } = (await response.json()) as { data: { bookings: { nodes: { id: string }[] } } };
  return data.bookings.nodes.map(({ id }) => id);
}

describe('a package', () => {
  test('is found by place and number, reviewed with its price, and booked', async () => {
    const page = await room.open('/');
    await expect.poll(() => cards(page).count()).toBe(6);
    await page.getByLabel('Where').fill('lis');
    await page.getByRole('option', { name: 'Lisbon' }).click();
    await page.getByLabel('Travellers').fill('2');
    await press(page, 'Find trips');
    await expect.poll(() => addressOf(page)).toBe('/?place=Lisbon&travellers=2');
    const alfama = cards(page).filter({ hasText: 'Casa Alfama' });
    expect(await alfama.textContent()).toMatch(
      /May 3 – 10, \d{4} · 7 nights.*€1,359\.60 for 2 travellers.*\d left/,
    );
    await alfama.getByRole('link', { name: /Choose/ }).click();
    await page.getByRole('heading', { name: 'Your trip, before it is booked' }).waitFor();
    await expect
      .poll(() => page.locator('.review').textContent())
      .toMatch(
        /Hotel: Casa Alfama.*Lisbon, May 3 – 10.*€742\.00.*€1,359\.60 for 2 travellers.*The price stands until/,
      );
    await press(page, 'Book this trip for €1,359.60');
    await expect.poll(() => page.locator('#problem-name').textContent()).toContain('name');
    expect(await page.evaluate('document.activeElement?.id')).toBe('field-name');
    await page.getByLabel('Traveller’s name').fill('Ada Package');
    await page.getByLabel('Traveller’s name').press('Enter');
    await page.waitForURL(/\/bookings\/./);
    await expect.poll(() => status(page)).toContain('Confirmed');
    expect(await page.locator('.particulars').textContent()).toMatch(/Ada Package.*€1,359\.60/);
  });

  test('that is chosen survives Back, Forward, a reload and a look elsewhere, and so does the name', async () => {
    const page = await room.open('/?place=Rome&travellers=2');
    await page.setViewportSize({ width: 320, height: 480 });
    await cards(page).last().scrollIntoViewIfNeeded();
    const scrolled = await page.evaluate('scrollY');
    expect(scrolled).toBeGreaterThan(0);
    await cards(page)
      .last()
      .getByRole('link', { name: /Choose/ })
      .click();
    await page.getByLabel('Traveller’s name').fill('Bea Back');
    const review = addressOf(page);
    await page.getByRole('link', { name: 'Bookings' }).click();
    await page.getByRole('heading', { name: 'Your bookings' }).waitFor();
    await page.locator('header').getByRole('link', { name: 'Find a trip' }).click();
    expect(addressOf(page)).toBe(review);
    expect(await page.getByLabel('Traveller’s name').inputValue()).toBe('Bea Back');
    await page.reload();
    expect(await page.getByLabel('Traveller’s name').inputValue()).toBe('Bea Back');
    await page.goBack();
    await page.goBack();
    await page.goBack();
    await expect.poll(() => cards(page).count()).toBeGreaterThan(0);
    await expect.poll(() => page.evaluate('scrollY')).toBe(scrolled);
    await page.evaluate('scrollTo(0, 123)');
    await page.reload();
    await expect.poll(() => page.evaluate('scrollY')).toBe(123);
    expect(await page.getByLabel('Where').inputValue()).toBe('Rome');
    expect(await page.getByLabel('Travellers').inputValue()).toBe('2');
    await page.goForward();
    await expect.poll(() => page.locator('.review-legs > li').count()).toBe(3);
  });

  test('for more than there is room for is not offered, and the page says what to do', async () => {
    const page = await room.open('/?place=Lisbon&travellers=900');
    await page.getByText('Nothing fits').waitFor();
    await page.getByLabel('Travellers').fill('none');
    await press(page, 'Find trips');
    expect(await page.locator('#problem-travellers').textContent()).toContain('1000');
  });
});

test('packages are loaded in pages, and those of one search don’t stay for the next', async () => {
  await room.sql(`
    insert into offers (id, kind, title, place, starts_on, ends_on, time_zone, price_minor, currency, capacity)
    select concat_ws('-', 'madeira', kind, n, starts_on), kind, kind || n, 'Madeira', starts_on, starts_on + 7, 'Atlantic/Madeira', 1000 + n, 'EUR', 9
    from (values ('HOTEL', 30), ('CAR', 1), ('FLIGHT', 1)) as kinds (kind, most),
      generate_series(1, most) n, (values (date '2099-05-01'), ('2099-08-01')) as stays (starts_on)
    where starts_on < '2099-06-01' or n = 1
    on conflict do nothing`);
  const page = await room.open('/?place=Madeira');
  await expect.poll(() => cards(page).count()).toBe(24);
  await page.route('**/graphql', (route) => route.abort());
  await press(page, 'Load more');
  await page.getByText('The server is unreachable.').waitFor();
  room.complaints().splice(0);
  await page.unroute('**/graphql');
  await page.reload();
  await expect.poll(() => cards(page).count()).toBe(24);
  let asked = 0;
  await page.route('**/graphql', async (route) => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  await page.getByRole('button', { name: 'Load more' }).dblclick();
  await expect.poll(() => cards(page).count()).toBe(31);
  expect(asked).toBe(1);
  await page.getByLabel('From').fill('08/01/2099');
  await page.getByLabel('From').press('Enter');
  await press(page, 'Find trips');
  await expect.poll(() => cards(page).count()).toBe(1);
});

test('days are chosen in the calendar or typed, and narrow the packages', async () => {
  const page = await room.open('/?place=Lisbon');
  await expect.poll(() => cards(page).count()).toBe(3);
  const year = /\d{4}/.exec((await cards(page).last().textContent()) ?? '')?.[0];
  await page.getByLabel('From').fill(`09/01/${year}`);
  await page.getByLabel('Until').fill(`09/30/${year}`);
  await page.getByLabel('Until').press('Enter');
  await press(page, 'Find trips');
  await expect.poll(() => addressOf(page)).toContain(`from=${year}-09-01&to=${year}-09-30`);
  await expect.poll(() => cards(page).count()).toBe(1);
  await press(page, /calendar/i);
  await page.locator('.calendar').waitFor();
  expect(await room.seriousFaults(page)).toEqual([]);
});

describe('a trip of one’s own', () => {
  test('shows its total and what doesn’t fit, as legs are chosen', async () => {
    const page = await room.open('/?place=Lisbon&travellers=2&view=own');
    const chosen = page.locator('.chosen');
    await page.getByText('Casa Alfama').click();
    await expect.poll(() => chosen.textContent()).toContain('€742.00');
    await page.getByText('Two-seat convertible').click();
    await expect.poll(() => chosen.textContent()).toContain('€1,154.50');
    expect(await chosen.locator('.warnings li').count()).toBe(0);
    await page.getByText('Berlin to Lisbon and back, economy').last().click();
    await expect.poll(() => chosen.locator('.warnings').textContent()).toContain('Nothing is booked between');
    // One car takes the place of another.
    await page.getByText('Compact car').click();
    await expect.poll(() => chosen.textContent()).not.toContain('Two-seat');
    await page.reload();
    await expect.poll(() => chosen.textContent()).toContain('Compact car');
    await chosen.getByRole('button', { name: /Remove Berlin/ }).click();
    await expect.poll(() => chosen.textContent()).toContain('€931.00');
    await page.getByRole('link', { name: 'Review the trip' }).click();
    await expect.poll(() => page.locator('.review-legs > li').count()).toBe(2);
    await page.getByRole('link', { name: 'Change the trip' }).click();
    await expect.poll(() => page.locator('.offer-card :checked').count()).toBe(2);
  });
});

test('a price that has gone up since the review is shown before anything is booked', async () => {
  const page = await room.open('/review?leg=HOTEL.1.hotel-zurich-limmat');
  await page.getByLabel('Traveller’s name').fill('Petra Price');
  await page.getByRole('button', { name: 'Book this trip for CHF 1,316.00' }).waitFor();
  await room.sql(`update offers set price_minor = 140000 where id = 'hotel-zurich-limmat'`);
  await press(page, 'Book this trip for CHF 1,316.00');
  await page.getByText('The price has changed from CHF 1,316.00 to CHF 1,400.00.').waitFor();
  expect(await bookingsOf(page, 'Petra Price')).toEqual([]);
  await press(page, 'Book this trip for CHF 1,400.00');
  await page.waitForURL(/\/bookings\/./);
  await expect.poll(() => status(page)).toContain('Confirmed');
  expect(await page.locator('.particulars').textContent()).toMatch(/CHF\s1,400\.00/);
});

test('a quote that has expired is renewed by the page, and the new price is shown', async () => {
  const page = await room.open('/');
  await page.clock.install();
  await page.goto('/review?leg=HOTEL.1.hotel-zurich-uetliberg');
  await page.getByRole('button', { name: 'Book this trip for CHF 980.00' }).waitFor();
  await room.sql(`update offers set price_minor = 99000 where id = 'hotel-zurich-uetliberg'`);
  await page.clock.fastForward('16:00');
  await page.getByText('The price has changed from CHF 980.00 to CHF 990.00.').waitFor();
  await page.getByRole('button', { name: 'Book this trip for CHF 990.00' }).waitFor();
});

describe('a trip is booked once', () => {
  test('on a double click', async () => {
    const page = await room.open(TUTORIAL_REVIEW);
    await page.getByLabel('Traveller’s name').fill('Dora Double');
    await page.getByRole('button', { name: /Book this trip/ }).dblclick();
    await page.waitForURL(/\/bookings\/./);
    await expect.poll(() => status(page)).toContain('Confirmed');
    expect(await bookingsOf(page, 'Dora Double')).toHaveLength(1);
  });

  test('though its answer was lost and the page was loaded again', async () => {
    const page = await room.open(TUTORIAL_REVIEW);
    await page.getByLabel('Traveller’s name').fill('Lotte Lost');
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('mutation BookTrip')) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await press(page, /Book this trip/);
    await page.getByRole('heading', { name: 'We don’t know yet whether your trip was booked' }).waitFor();
    expect(await room.seriousFaults(page)).toEqual([]);
    await press(page, 'Ask again');
    await expect.poll(() => page.getByText('it is safe').count()).toBe(1);
    await page.unroute('**/graphql');
    await page.reload();
    await page.goto('/');
    await page.getByText('You asked for a trip for Lotte Lost').waitFor();
    await press(page, 'Ask again');
    await page.waitForURL(/\/bookings\/./);
    await expect.poll(() => status(page)).toContain('Confirmed');
    expect(await bookingsOf(page, 'Lotte Lost')).toHaveLength(1);
    await page.getByRole('link', { name: 'Find a trip' }).click();
    expect(await page.getByText('We don’t know yet').count()).toBe(0);
    room.complaints().splice(0);
  });

  test.each([
    ['the database didn’t tell the API', 200, { code: 'DATABASE_UNAVAILABLE', bookingId: 'some-id' }],
    ['the API failed over it', 200, { code: 'INTERNAL_SERVER_ERROR' }],
    ['a proxy gave up', 502, {}],
  ])('though %s', async (traveller, httpStatus, extensions) => {
    const page = await room.open(TUTORIAL_REVIEW);
    const name = page.getByLabel('Traveller’s name');
    await name.fill(traveller);
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('mutation BookTrip')) return route.continue();
      await route.fetch();
      const errors = [{ message: 'Something is broken.', extensions }];
      await route.fulfill({ status: httpStatus, json: { data: null, errors } });
    });
    await press(page, /Book this trip/);
    await page.getByText('We don’t know yet whether your trip was booked').waitFor();
    await page.unroute('**/graphql');
    // Without its button the form can still be submitted.
    await name.press('Enter');
    await page.waitForURL(/\/bookings\/./);
    expect(await bookingsOf(page, traveller)).toHaveLength(1);
    room.complaints().splice(0);
  });

  test('though the server hangs, of which the page tires', async () => {
    const page = await room.open(TUTORIAL_REVIEW);
    await page.getByLabel('Traveller’s name').fill('Hanna Hang');
    let sent = 0;
    await page.route('**/graphql', (route) => {
      if (route.request().postData()?.includes('mutation BookTrip')) sent += 1;
      else void route.continue();
    });
    const button = page.getByRole('button', { name: /Book/ });
    await button.click();
    await button.click({ force: true });
    await page.getByText('The server didn’t answer within 20 seconds.').waitFor({ timeout: 40_000 });
    expect(sent).toBe(1);
    await page.unroute('**/graphql');
    await press(page, 'Ask again');
    await page.waitForURL(/\/bookings\/./);
    expect(await bookingsOf(page, 'Hanna Hang')).toHaveLength(1);
    room.complaints().splice(0);
  });
});

test('of two windows that want the last one, one gets it and the other learns that it is sold out', async () => {
  const windows = await Promise.all(
    ['Ida First', 'Ivo Second'].map(async (name) => {
      const page = await room.open('/review?leg=HOTEL.1.hotel-rome-navona');
      await page.getByLabel('Traveller’s name').fill(name);
      return page;
    }),
  );
  for (const page of windows) await press(page, /Book this trip for/);
  for (const page of windows) await page.waitForURL(/\/bookings\/./);
  const isOver = /Confirmed|Cancelled/;
  for (const page of windows) await expect.poll(() => status(page)).toMatch(isOver);
  const said = (await Promise.all(windows.map(status))).sort();
  expect(said[0]).toMatch(/Cancelled.*sold out/i);
  expect(said[1]).toContain('Confirmed');
});

test('every letter stays, however fast the place is typed', async () => {
  const page = await room.open('/');
  const place = 'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch';
  await page.getByLabel('Where').click();
  await page.keyboard.type(place);
  expect(await page.getByRole('combobox', { name: 'Where' }).inputValue()).toBe(place);
});

test('the keyboard is enough, from the first page to the booking', async () => {
  const page = await room.open('/');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to content');
  await page.keyboard.press('Enter');
  const focus = async (name: RegExp) => {
    for (let tab = 0; tab < 60; tab++) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate(
        'document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent',
      );
      if (name.test(String(found))) return;
    }
    throw new Error(`${name.source} can't be reached`);
  };
  await focus(/^Where$/);
  await page.keyboard.type('Kyo');
  await page.getByRole('option', { name: 'Kyoto' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await focus(/^Find trips$/);
  await page.keyboard.press('Enter');
  await expect.poll(() => cards(page).count()).toBe(2);
  await focus(/^Choose/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your trip, before it is booked' }).waitFor();
  await focus(/^Traveller’s name$/);
  await page.keyboard.type('Kay Board');
  await expect.poll(() => page.locator('.price').textContent()).toContain('¥');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/bookings\/./);
  await expect.poll(() => page.evaluate('document.activeElement?.tagName')).toBe('H1');
  await expect.poll(() => status(page)).toContain('Confirmed');
});

test.each([
  ['/', { width: 1280, height: 800 }],
  ['/?place=Lisbon', { width: 1280, height: 800 }],
  ['/?place=Lisbon', { width: 320, height: 640 }],
  ['/bookings', { width: 1280, height: 800 }],
])('nothing moves while %s loads', async (path, viewport) => {
  const page = await room.open('/nowhere', { viewport });
  await page.addInitScript(`
    globalThis.moved = [];
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries())
        if (!hadRecentInput) moved.push([value, ...sources.map(({ node }) => node?.className ?? node?.nodeName)]);
    }).observe({ type: 'layout-shift', buffered: true });
  `);
  await page.goto(path);
  await page.waitForLoadState('networkidle');
  const moved = await page.evaluate<[number, ...string[]][]>('moved');
  expect(moved.filter(([value]) => value > 0.02)).toEqual([]);
  room.complaints().splice(0);
});

test('the scripts of the first page have less than 120 kB, compressed', async () => {
  const page = await room.open('/?place=Lisbon', { viewport: { width: 1280, height: 800 } });
  await page.waitForLoadState('networkidle');
  const sizes = await page.evaluate<number[]>(
    `performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).map((it) => it.encodedBodySize)`,
  );
  expect(sizes.length).toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(120_000);
});

test('text of twice the size fits on every page, and so does the widest screen', async () => {
  const first = await room.open('/');
  const booking = await tryFailure(first, /The hotel refuses/, { Car: 'car-lisbon-compact' });
  await expect.poll(() => status(first)).toContain('Cancelled');
  const desk = booking.replace('bookings', 'desk');
  const paths = ['/', '/?place=Lisbon&view=own', TUTORIAL_REVIEW, booking, '/bookings', '/desk', desk];
  for (const [width, size] of [
    [640, '200%'],
    [1600, '100%'],
  ] as const) {
    const page = await room.open('/', { viewport: { width, height: 900 } });
    for (const path of paths) {
      await page.goto(path);
      await page.waitForLoadState('networkidle');
      await page.evaluate(`document.documentElement.style.fontSize = '${size}'`);
      expect([path, await isWide(page)]).toEqual([path, false]);
    }
  }
});

test('in forced colours the main buttons look like buttons', async () => {
  const page = await room.open('/?place=Lisbon', { forcedColors: 'active' });
  await cards(page).first().waitFor();
  const colours = await page.evaluate<
    string[]
  >(`[...document.querySelectorAll('.choose, .main-action')].map((it) => {
    const { color, backgroundColor } = getComputedStyle(it);
    return color + ' on ' + backgroundColor;
  })`);
  expect(new Set(colours)).toEqual(new Set(['rgb(0, 0, 0) on rgb(255, 255, 255)']));
});

test('a name in another direction keeps its place among what is beside it', async () => {
  const page = await room.open(TUTORIAL_REVIEW);
  await page.getByLabel('Traveller’s name').fill('משה כהן (1)');
  await press(page, /Book this trip/);
  await page.waitForURL(/\/bookings\/./);
  await page.goto('/bookings?find=משה');
  const row = page.locator('.bookings > li');
  await row.waitFor();
  const left = async (selector: string) => (await row.locator(selector).boundingBox())?.x ?? NaN;
  const [reference, name, time] = [await left('p code'), await left('p bdi'), await left('time')];
  expect(reference).toBeLessThan(name);
  expect(name).toBeLessThan(time);
});

test('the browser logged no errors', () => {
  expect(room.complaints()).toEqual([]);
});
