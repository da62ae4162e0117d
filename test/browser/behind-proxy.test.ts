import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { startPathProxy, type PathProxy } from './path-proxy.js';
import { openRoom, type BrowserRoom } from './room.js';
import { status, tryFailure } from './visitor.js';

/** The page under a path of a host that has other things as well. */

let room: BrowserRoom;
let proxy: PathProxy;
let publicUrl: string;
beforeAll(async () => {
  const [port, proxyPort] = [await freePort(), await freePort()];
  publicUrl = `http://127.0.0.1:${proxyPort}/shop`;
  room = await openRoom({ port, publicUrl });
  proxy = await startPathProxy(proxyPort, '/shop', port);
});
afterAll(async () => {
  await room.close();
  await proxy.stop();
});

const pathOf = (page: Page) => new URL(page.url()).pathname;

test('npm start says where the page, the API and GraphiQL are', () => {
  expect(room.said()).toContain(`GraphQL API      ${publicUrl}/graphql\n`);
  expect(room.said()).toContain(`Page             ${publicUrl}/\n`);
  expect(room.said()).toContain(`GraphiQL         ${publicUrl}/graphiql\n`);
});

describe.each([
  ['passes its path on', false],
  ['takes its path off', true],
])('behind a proxy that %s', (_what, takesPathOff) => {
  beforeAll(() => {
    proxy.takesPathOff = takesPathOff;
  });

  test('a trip is booked, watched over a WebSocket, loaded again, and found in the list', async () => {
    const opened = proxy.sockets.length;
    const page = await room.open('/shop/');
    await tryFailure(page, /All goes well/);
    expect(pathOf(page)).toMatch(/^\/shop\/bookings\/./);
    await expect.poll(() => status(page)).toContain('Confirmed');
    expect(proxy.sockets.slice(opened)).toEqual(['/shop/graphql']);

    const booking = pathOf(page);
    await page.reload();
    await expect.poll(() => status(page)).toContain('Confirmed');

    await page.getByRole('link', { name: 'Bookings' }).click();
    await expect.poll(() => page.locator('h1').textContent()).toBe('Your bookings');
    expect(pathOf(page)).toBe('/shop/bookings');
    expect(await page.locator('nav [aria-current=page]').textContent()).toBe('Bookings');
    const link = page.locator(`.bookings a[href="${booking}"]`);
    await link.click();
    await expect.poll(() => status(page)).toContain('Confirmed');
    expect(pathOf(page)).toBe(booking);
    await page.getByRole('link', { name: 'Find a trip' }).click();
    await expect.poll(() => pathOf(page)).toBe('/shop/');
    await page.locator('.card:not(.skeleton)').first().waitFor();
  });

  test('GraphiQL carries its example out', async () => {
    const page = await room.open('/shop/graphiql');
    const editor = page.locator('.graphiql-query-editor');
    await expect.poll(() => editor.textContent()).toContain('mutation BookVacation');
    await page.waitForLoadState('networkidle');
    await page.getByRole('button', { name: /Execute query/ }).click();
    await expect.poll(() => page.locator('.result-window').textContent()).toContain('"userErrors": []');
  });
});

test('the browser had nothing to complain of', () => {
  expect(room.complaints()).toEqual([]);
});
