import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpServer } from '../../src/api/server/http-server.js';
import { loadApiConfig } from '../../src/config/api-config.js';
import { startTestApi } from './fixtures/api.js';
import { openRaw, postLines, QUERY } from './fixtures/raw-http.js';

const post = [...postLines(), '', QUERY].join('\r\n');

test('an idle connection is closed after KEEP_ALIVE_SECONDS, and not before', async () => {
  const api = await startTestApi({ keepAliveSeconds: 2 });
  onTestFinished(() => api.stop());
  const connection = await openRaw(api);
  let closed = false;
  void connection.closed.then(() => (closed = true));
  connection.send(post);
  const [first] = await connection.answers(1);
  expect(first?.head).toContain('Keep-Alive: timeout=2');
  await sleep(1000);
  connection.send(post);
  await connection.answers(2);
  await sleep(1500);
  // More than two seconds have passed since it was opened, but not since its last request.
  expect(closed).toBe(false);
  await connection.closed;
});

describe('the server’s timeout', () => {
  test('is longer than that of nginx, which keeps idle connections for a minute', () => {
    expect(loadApiConfig({ DATABASE_URL: 'postgres://localhost' }).keepAliveSeconds).toBeGreaterThan(60);
  });

  test.each([1, 65, 7200])('for headers and requests is at least %s s', (seconds) => {
    const { keepAliveTimeout, headersTimeout, requestTimeout } = createHttpServer(seconds);
    expect(keepAliveTimeout).toBe(seconds * 1000);
    expect(headersTimeout).toBeGreaterThan(keepAliveTimeout);
    expect(headersTimeout).toBeGreaterThanOrEqual(60_000);
    expect(requestTimeout).toBeGreaterThanOrEqual(headersTimeout);
    expect(requestTimeout).toBeLessThanOrEqual(Math.max(headersTimeout, 75_000));
  });
});
