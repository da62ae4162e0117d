import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { startOpenIdProvider, type OpenIdProvider } from './openid-provider.js';
import { startPathProxy, type PathProxy } from './path-proxy.js';
import { openRoom, type BrowserRoom } from './room.js';
import { decide, openFailures, press, status, tryFailure, TUTORIAL_REVIEW } from './visitor.js';

/** Signing in at an OpenID provider, on a page that is below a path of its host. */

const AUDIENCE = 'https://api.trips.test';

let room: BrowserRoom;
let proxy: PathProxy;
let provider: OpenIdProvider;
beforeAll(async () => {
  const [port, proxyPort, providerPort] = [await freePort(), await freePort(), await freePort()];
  const publicUrl = `http://127.0.0.1:${proxyPort}/shop`;
  provider = await startOpenIdProvider({
    port: providerPort,
    clientId: 'page',
    page: `${publicUrl}/`,
    operators: ['olga'],
  });
  room = await openRoom({
    port,
    publicUrl,
    settings: {
      AUTH_ISSUER: provider.issuer,
      AUTH_AUDIENCE: AUDIENCE,
      AUTH_JWKS_URL: `${provider.issuer}/jwks`,
      AUTH_CLIENT_ID: 'page',
      AUTH_SCOPE: 'openid offline_access',
      AUTH_CLOCK_SKEW_SECONDS: '0',
    },
  });
  proxy = await startPathProxy(proxyPort, '/shop', port);
});
afterAll(async () => {
  await room.close();
  await Promise.all([proxy.stop(), provider.stop()]);
});
afterEach(() => {
  Object.assign(provider, { tokenSeconds: 600, refreshes: true, audience: undefined });
  // The browser logs refused requests as errors.
  const unexpected = room.complaints().filter((line) => !line.includes('status of 401'));
  room.complaints().splice(0);
  expect(unexpected).toEqual([]);
});

const pathOf = (page: Page) => new URL(page.url()).pathname;

/** Opens the page's path, where the visitor has to sign in first. */
async function open(name: string, path = '/'): Promise<Page> {
  const page = await room.open(`/shop${path}`);
  await signIn(page, name);
  return page;
}

async function signIn(page: Page, name: string): Promise<void> {
  await press(page, 'Sign in');
  await page.getByLabel('Name').fill(name);
  await press(page, 'Log in');
  await page.locator('.visitor', { hasText: name }).waitFor();
}

/** The GraphQL documents that the page sends from now on. */
function requestsOf(page: Page): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/graphql')) sent.push(request.postData() ?? '');
  });
  return sent;
}

/** Changes what the page keeps of the visitor's tokens. */
const changeTokens = (page: Page, change: Record<string, unknown>) =>
  page.evaluate(`{
    const key = Object.keys(sessionStorage).find((name) => name.startsWith('oidc.user:'));
    const user = JSON.parse(sessionStorage.getItem(key));
    sessionStorage.setItem(key, JSON.stringify({ ...user, ...${JSON.stringify(change)} }));
  }`);

const EXPIRED = { expires_at: 1 };
const REFUSED = { access_token: 'e30.e30.e30' };

describe('a traveller', () => {
  test('signs in where they came, books, sees only their own bookings, and signs out', async () => {
    const ada = await room.open('/shop/bookings?status=CONFIRMED');
    await ada.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await room.seriousFaults(ada)).toEqual([]);
    await signIn(ada, 'ada');
    expect(new URL(ada.url()).pathname + new URL(ada.url()).search).toBe('/shop/bookings?status=CONFIRMED');
    await expect
      .poll(() => ada.locator('[role=status]').allTextContents())
      .toContain('Nothing matches. Search for something else, or for less.');

    await ada.getByRole('link', { name: 'Find a trip' }).click();
    const booking = await tryFailure(ada, /An undo gets stuck/);
    await expect.poll(() => status(ada)).toContain('Needs attention');
    expect(await ada.getByRole('button', { name: /undo|Settle/ }).count()).toBe(0);
    expect(await ada.getByRole('link', { name: /desk/i }).count()).toBe(0);
    await ada.reload();
    await expect.poll(() => status(ada)).toContain('Needs attention');

    const bob = await open('bob', '/bookings');
    await expect
      .poll(() => bob.locator('[role=status]').allTextContents())
      .toContain('You have no bookings yet.');
    await bob.goto(booking);
    await bob.getByRole('heading', { name: /no such booking|not found/i }).waitFor();

    await ada.getByRole('link', { name: 'Bookings' }).click();
    await expect.poll(() => ada.locator('.bookings > li').count()).toBe(1);
    expect(await room.seriousFaults(ada)).toEqual([]);
    await ada.goto(`/shop${TUTORIAL_REVIEW}`);
    await ada.getByLabel('Traveller’s name').fill('Ada Lovelace');
    await press(ada, 'Sign out');
    await press(ada, 'Yes, sign me out');
    await ada.getByRole('heading', { name: 'Sign in' }).waitFor();
    // Where she had scrolled to is all that is left.
    expect(await ada.evaluate('Object.keys(sessionStorage)')).toEqual(['tripsaga:scrolled']);
    // The provider has forgotten her too.
    await press(ada, 'Sign in');
    await ada.getByLabel('Name').waitFor();
  });

  test('learns that only operators can use the operators’ pages, which fetch nothing', async () => {
    const page = await open('bob', '/bookings');
    const sent = requestsOf(page);
    for (const path of ['/desk', '/desk/john-1']) {
      await page.goto(`/shop${path}`);
      await page.getByText('Only operators can use this page.').waitFor();
      expect(await room.seriousFaults(page)).toEqual([]);
    }
    expect(sent.filter((query) => !query.includes('query Viewer'))).toEqual([]);
    expect(sent).toHaveLength(2);
  });

  test('who changes their mind at the provider is asked again, and learns why', async () => {
    const page = await room.open('/shop/bookings');
    await press(page, 'Sign in');
    await press(page, 'Cancel');
    await page.getByText('The visitor changed their mind').waitFor();
    expect(pathOf(page)).toBe('/shop/bookings');
    await signIn(page, 'bob');
  });

  test('whose tokens are for another API learns what is wrong with them', async () => {
    provider.audience = 'https://other.test';
    const page = await room.open('/shop/');
    await press(page, 'Sign in');
    await page.getByLabel('Name').fill('bob');
    await press(page, 'Log in');
    await page.getByText('its claim aud is missing or wrong').waitFor();
  });
});

test('an operator sees all bookings, filters them by owner, and settles', async () => {
  const traveller = await open('dora');
  const booking = await tryFailure(traveller, /An undo gets stuck/);
  await expect.poll(() => status(traveller)).toContain('Needs attention');

  const page = await open('olga');
  await page.getByRole('link', { name: 'Desk', exact: true }).click();
  await page.getByLabel('Owner').fill('dora');
  await press(page, 'Search');
  const links = page.locator('.bookings h3 a');
  await expect
    .poll(async () => Promise.all((await links.all()).map((link) => link.getAttribute('href'))))
    .toEqual([booking.replace('/bookings/', '/desk/')]);
  expect(await room.seriousFaults(page)).toEqual([]);
  await page.locator('.bookings h3 a').click();
  await press(page, 'Settle by hand…');
  await page.getByLabel(/released by hand/).fill('called the supplier');
  await decide(page, 'Settle the car');
  await expect.poll(() => status(page)).toContain('Cancelled');
  await expect.poll(() => status(traveller)).toContain('Cancelled');
});

describe('when the tokens have expired', () => {
  test.each([
    ['expired', EXPIRED],
    ['was refused', REFUSED],
  ])('a traveller whose token %s signs in again, and finds what they had typed', async (_, change) => {
    provider.refreshes = false;
    const page = await open('ada', TUTORIAL_REVIEW);
    await page.getByLabel('Traveller’s name').fill('Ada Again');
    await changeTokens(page, change);
    await press(page, /Book this trip/);
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
    expect(await room.seriousFaults(page)).toEqual([]);
    // The provider still knows her.
    await press(page, 'Sign in again');
    await page.locator('.visitor', { hasText: 'ada' }).waitFor();
    expect(await page.getByLabel('Traveller’s name').inputValue()).toBe('Ada Again');
    expect(await page.locator('.review-legs > li').count()).toBe(3);
    await press(page, /Book this trip/);
    await expect.poll(() => status(page)).toContain('Confirmed');
  });

  test('what one traveller had typed and asked for is kept for them, and not shown to another', async () => {
    provider.refreshes = false;
    const page = await open('ada', TUTORIAL_REVIEW);
    await page.getByLabel('Traveller’s name').fill('Ada Secret');
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('mutation BookTrip')) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await press(page, /Book this trip/);
    const unknown = page.getByText('You asked for a trip for Ada Secret');
    await unknown.waitFor();
    room.complaints().splice(0);
    await page.unroute('**/graphql');

    const signInAgainAs = async (name: string, button: string | RegExp) => {
      await changeTokens(page, EXPIRED);
      await press(page, button);
      await page.context().clearCookies();
      await press(page, 'Sign in again');
      await page.getByLabel('Name').fill(name);
      await press(page, 'Log in');
      await page.locator('.visitor', { hasText: name }).waitFor();
    };
    await signInAgainAs('bob', 'Ask again');
    expect(await page.getByLabel('Traveller’s name').inputValue()).toBe('');
    expect(await unknown.count()).toBe(0);

    await signInAgainAs('ada', /Book this trip/);
    await unknown.waitFor();
    await press(page, 'Ask again');
    await expect.poll(() => status(page)).toContain('Confirmed');
    await page.getByRole('link', { name: 'Bookings' }).click();
    await expect.poll(() => page.getByText('Ada Secret').count()).toBe(1);
    const shop = page.locator('header').getByRole('link', { name: 'Find a trip' });
    expect(await shop.getAttribute('href')).toContain('/review?');
    await signInAgainAs('carol', 'Reload');
    expect(await shop.getAttribute('href')).toBe('/shop/');
  });

  test('a refused token is renewed, and its request is made again', async () => {
    const page = await open('ada');
    await changeTokens(page, REFUSED);
    await tryFailure(page, /The hotel refuses/);
    await expect.poll(() => status(page)).toContain('Cancelled');
  });

  test('and the provider can’t be reached, the page says so, and goes on when it can', async () => {
    const page = await open('ada');
    await page.route(`${provider.issuer}/token`, (route) => route.abort());
    await openFailures(page);
    await changeTokens(page, EXPIRED);
    await press(page, 'Book the trip');
    await page.getByText('The sign-in service is unreachable.').waitFor();
    room.complaints().splice(0);
    await page.unroute(`${provider.issuer}/token`);
    await press(page, 'Book the trip');
    await expect.poll(() => status(page)).toContain('Confirmed');
  });

  test('they are renewed unnoticed, and a followed booking goes on live', async () => {
    provider.tokenSeconds = 8;
    const page = await open('ada');
    const sent = requestsOf(page);
    const tokens = new Set<unknown>();
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        const message = JSON.parse(String(payload)) as { type: string; payload?: Record<string, unknown> };
        if (message.type === 'connection_init') tokens.add(message.payload?.['authorization']);
      }),
    );
    await page.evaluate(`
      globalThis.notes = new Set();
      new MutationObserver(() => {
        const note = document.querySelector('.connection')?.textContent;
        if (note) notes.add(note);
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    `);
    await tryFailure(page, /All goes well/, {
      Car: 'car-slow-8',
      Hotel: 'hotel-slow-8',
      Flight: 'flight-slow-8',
    });
    await expect.poll(() => status(page), { timeout: 60_000 }).toContain('Confirmed');
    expect(tokens.size).toBeGreaterThan(1);
    // Nothing was said of an interruption, and after the first read everything came over the socket.
    expect(await page.evaluate('[...notes]')).toEqual([]);
    expect(sent.filter((query) => query.includes('query Booking('))).toHaveLength(1);
  });
});
