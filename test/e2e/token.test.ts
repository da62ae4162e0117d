import { expect, inject, test } from 'vitest';
import { startApi } from '../support/our-programs.js';
import { run } from '../support/processes.js';
import { bearer } from '../support/tokens.js';

const AUTH = {
  AUTH_ISSUER: 'https://issuer.test',
  AUTH_AUDIENCE: 'tripsaga',
  AUTH_KEY: 'a secret for development, 32 characters or more',
  AUTH_ROLES_CLAIM: 'realm_access.roles',
};

function makeToken(args: readonly string[], settings: NodeJS.ProcessEnv) {
  return run(['npm', 'run', '--silent', 'token', '--', ...args], settings);
}

test('a production API accepts the tokens of npm run token', async () => {
  const api = await startApi({ ...AUTH, NODE_ENV: 'production' });
  const token = makeToken(['--subject', 'ada', '--role', 'operator', '--role', 'clerk'], AUTH);
  expect(await token.ended).toBe(0);
  const response = await fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(token.output().trim()) },
    body: JSON.stringify({ query: '{ viewer { subject roles } }' }),
  });
  expect(await response.json()).toMatchObject({
    data: { viewer: { subject: 'ada', roles: ['operator', 'clerk'] } },
  });
  await api.stop();
});

test.each([
  ['without a subject', [], AUTH, /Usage: npm run token/],
  ['with an unknown option', ['--subject', 'ada', '--admin'], AUTH, /--admin[\s\S]*Usage: npm run token/],
  ['for no time', ['--subject', 'ada', '--hours', '0'], AUTH, /Usage: npm run token/],
  ['without a secret', ['--subject', 'ada'], {}, /AUTH_KEY: must be the secret/],
])('npm run token %s says what is missing', async (_how, args, settings, message) => {
  const token = makeToken(args, settings);
  expect(await token.ended).toBe(1);
  expect(token.output()).toMatch(message);
});

test('an API that everyone could use doesn’t start in production, and says why', async () => {
  const api = run([process.execPath, 'dist/main/api.js'], {
    DATABASE_URL: inject('databaseUrl'),
    NODE_ENV: 'production',
    PORT: 'x',
  });
  expect(await api.ended).toBe(1);
  // Together with every other problem.
  expect(api.output()).toMatch(/PORT: [\s\S]*AUTH: everyone[^\n]*AUTH=none/);
});

test('an API without authentication says so', async () => {
  const api = await startApi({ AUTH: 'none', NODE_ENV: 'production' });
  expect(api.output()).toContain('Authentication is off: every caller may do everything');
  await api.stop();
});
