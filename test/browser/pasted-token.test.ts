import { SignJWT } from 'jose';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { run } from '../support/processes.js';
import { openRoom, type BrowserRoom } from './room.js';
import { decide, press, status, TUTORIAL_REVIEW } from './visitor.js';

/** Signing in with a pasted token, in development. */

const AUTH = {
  AUTH_ISSUER: 'https://id.test',
  AUTH_AUDIENCE: 'trips',
  AUTH_KEY: 'a secret that only this test knows, long enough',
};

let room: BrowserRoom;
beforeAll(async () => {
  room = await openRoom({ settings: AUTH });
});
afterAll(() => room.close());
afterEach(() => {
  // The browser logs refused requests as errors.
  const unexpected = room.complaints().filter((line) => !line.includes('status of 401'));
  room.complaints().splice(0);
  expect(unexpected).toEqual([]);
});

/** As a developer makes it. */
async function makeToken(subject: string): Promise<string> {
  const program = run(['node', 'dist/main/token.js', '--subject', subject], AUTH);
  await program.ended;
  return program.output();
}

const expiredToken = (subject: string): Promise<string> =>
  new SignJWT({ sub: subject, iss: AUTH.AUTH_ISSUER, aud: AUTH.AUTH_AUDIENCE })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1 hour ago')
    .sign(new TextEncoder().encode(AUTH.AUTH_KEY));

async function paste(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await press(page, /^Sign in/);
}

/** Replaces the token that the page keeps by one that has expired. */
const expire = async (page: Page, subject: string) =>
  page.evaluate(`sessionStorage.setItem('tripsaga:token', '${await expiredToken(subject)}')`);

test('a wrong token is refused with the reason, and a right one signs in until the visitor signs out', async () => {
  const page = await room.open('/bookings');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await room.seriousFaults(page)).toEqual([]);
  for (const [token, problem] of [
    ['two words', 'This is not a token'],
    ['', 'This is not a token'],
    ['e30.e30.e30', 'it is not a valid JWT'],
    [await expiredToken('ada'), 'it has expired'],
  ] as const) {
    await paste(page, token);
    await expect.poll(() => page.locator('#problem-token').textContent()).toContain(problem);
  }
  expect(await room.seriousFaults(page)).toEqual([]);

  // As it is copied from a terminal, or from a header.
  await paste(page, `Bearer ${await makeToken('ada')}\n`);
  await page.locator('.visitor', { hasText: 'ada' }).waitFor();
  await expect
    .poll(() => page.locator('[role=status]').allTextContents())
    .toContain('You have no bookings yet.');
  await page.reload();
  await page.locator('.visitor', { hasText: 'ada' }).waitFor();

  await expire(page, 'ada');
  await press(page, 'Reload');
  await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
  await paste(page, await makeToken('ada'));
  await expect.poll(() => page.locator('main [role=alert]').allTextContents()).toEqual(['']);

  await press(page, 'Sign out');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('when the token has expired, the page says so, keeps what is typed, and goes on with a new one', async () => {
  const page = await room.open(TUTORIAL_REVIEW);
  await paste(page, await makeToken('ada'));
  await page.getByLabel('Traveller’s name').fill('Ada Again');
  await expire(page, 'ada');
  await press(page, /Book this trip/);
  await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
  expect(await page.locator('#problem-token').textContent()).toContain('it has expired');
  await paste(page, await makeToken('ada'));
  await expect.poll(() => page.getByText('Your session has ended').count()).toBe(0);
  expect(await page.getByLabel('Traveller’s name').inputValue()).toBe('Ada Again');
  await press(page, /Book this trip/);
  await page.waitForURL(/\/bookings\/./);
  await expect.poll(() => status(page)).toContain('Confirmed');

  // A dialog makes way for the form to sign in again. Nothing of hers is left for the next visitor of the tab.
  await press(page, 'Call it off…');
  await page.getByLabel(/Reason/).fill('the dog is ill');
  await expire(page, 'ada');
  await decide(page, 'Call the trip off');
  await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
  await paste(page, await makeToken('ada'));
  await page.getByRole('dialog', { name: 'Call the trip off?' }).waitFor();
  expect(await page.getByLabel(/Reason/).inputValue()).toBe('the dog is ill');
  await expire(page, 'ada');
  await decide(page, 'Call the trip off');
  await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
  await paste(page, await makeToken('bob'));
  await page.getByRole('heading', { name: /no such booking|not found/i }).waitFor();
  expect(await page.getByText('the dog is ill').count()).toBe(0);
  expect(await page.locator('[data-leg]').count()).toBe(0);
});
