import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningApi } from '../../src/main/start-api.js';
import { startTestApi } from './fixtures/api.js';

const STUDIO = 'https://studio.apollographql.com';
const SHOP = 'https://shop.example';

let development: RunningApi;
let production: RunningApi;
beforeAll(async () => {
  development = await startTestApi();
  production = await startTestApi({ production: true, corsOrigins: [SHOP] });
});
afterAll(() => Promise.all([development.stop(), production.stop()]));

const openedInBrowser = (api: RunningApi) => fetch(api.url, { headers: { accept: 'text/html,*/*;q=0.8' } });

/** The request that a browser sends before it lets a page of that origin call us. */
const preflight = (api: RunningApi, origin: string) =>
  fetch(api.url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-request-id',
    },
  });

const ask = (api: RunningApi, query: string, headers: Record<string, string> = {}) =>
  fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });

describe('the landing page', () => {
  test('opens at the endpoint with an example that books a trip', async () => {
    const response = await openedInBrowser(development);
    const page = await response.text();

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page).toContain('mutation BookVacation');
    expect(page).toContain('query Booking($id: ID!)');
  });

  test('is not served in production', async () => {
    const response = await openedInBrowser(production);

    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  });
});

describe('introspection', () => {
  const query = '{ __schema { queryType { name } } }';

  test('is allowed outside production', async () => {
    const answer = await (await ask(development, query)).json();
    expect(answer).toMatchObject({ data: { __schema: { queryType: { name: 'Query' } } } });
  });

  test('is refused in production', async () => {
    const response = await ask(production, query);
    expect(response.status).toBe(400);
    const refused = { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } };
    expect(await response.json()).toMatchObject({ errors: [refused, refused] });
  });

  test('is not possible in production through misspelt names either: no suggestion reveals the schema', async () => {
    const answer = await (await ask(production, '{ bookin(id: "x") { id } }')).text();
    expect(answer).toContain('Cannot query field');
    expect(answer).not.toContain('Did you mean');
  });
});

describe('pages of other origins', () => {
  test('Apollo Sandbox may call outside production, and read the request id', async () => {
    const { status, headers } = await preflight(development, STUDIO);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(STUDIO);
    expect(headers.get('access-control-allow-methods')).toContain('POST');
    expect(headers.get('access-control-allow-headers')).toContain('content-type');

    const answer = await ask(development, '{ __typename }', { origin: STUDIO });
    expect(answer.headers.get('access-control-allow-origin')).toBe(STUDIO);
    expect(answer.headers.get('access-control-expose-headers')).toContain('X-Request-Id');
  });

  test('Apollo Sandbox may not call in production', async () => {
    const { headers } = await preflight(production, STUDIO);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('configured origins may call', async () => {
    const { headers } = await preflight(production, SHOP);
    expect(headers.get('access-control-allow-origin')).toBe(SHOP);
  });

  test('no other origin may', async () => {
    for (const origin of ['https://elsewhere.example', 'null', `${SHOP}.elsewhere.example`]) {
      for (const api of [development, production]) {
        expect((await preflight(api, origin)).headers.get('access-control-allow-origin')).toBeNull();
      }
    }
  });

  test('the calling page can read a refusal', async () => {
    const response = await fetch(development.url, { method: 'PUT', headers: { origin: STUDIO } });
    expect(response.status).toBe(405);
    expect(response.headers.get('access-control-allow-origin')).toBe(STUDIO);
  });
});

describe('a request that any page can make a browser send is not executed', () => {
  test.each([
    ['a plain GET', {}],
    ['a GET that claims to be a form', { headers: { 'content-type': 'text/plain' } }],
  ])('%s', async (_what, init: RequestInit) => {
    for (const api of [development, production]) {
      const response = await fetch(`${api.url}?query=%7B__typename%7D`, init);
      const answer = await response.text();

      expect(response.status).toBe(400);
      expect(answer).toContain('Cross-Site Request Forgery');
      expect(answer).not.toContain('"data"');
    }
  });

  test('a posted form', async () => {
    const body = new URLSearchParams({ query: '{ __typename }' });
    expect((await fetch(development.url, { method: 'POST', body })).status).toBe(415);
  });
});
