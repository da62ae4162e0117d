import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { createFakeEngine } from './fixtures/fake-engine.js';

const CSRF =
  'a GET without a header that browsers preflight is refused, so that no other site can send it (CSRF)';
const SINCE_APOLLO_4 =
  'Apollo Server answers a document that is never executed with 400, whatever the media type';

/** Audits of the GraphQL over HTTP specification that we don't meet, none of them a MUST, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'MAY accept application/x-www-form-urlencoded formatted GET requests': CSRF,
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json':
    CSRF,
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json': CSRF,
  'SHOULD use 200 status code on document parsing failure when accepting application/json': SINCE_APOLLO_4,
  'SHOULD use 200 status code on document validation failure when accepting application/json': SINCE_APOLLO_4,
  'SHOULD use a status code of 200 on variable coercion failure when accepting application/json':
    SINCE_APOLLO_4,
};

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ parts: { engine: createFakeEngine() } });
});
afterAll(() => api.stop());

const audits = serverAudits({ url: () => api.url });

test.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (name, audit) => {
  const result = await audit.fn();
  const met = result.status === 'ok';
  expect(met, 'reason' in result ? result.reason : undefined).toBe(!(name in EXCEPTIONS));
});

test('every exception is an audit', () => {
  const names = audits.map(({ name }): string => name);
  expect(Object.keys(EXCEPTIONS).filter((name) => !names.includes(name))).toEqual([]);
  expect(Object.keys(EXCEPTIONS).filter((name) => name.startsWith('MUST'))).toEqual([]);
});
