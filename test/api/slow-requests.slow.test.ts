import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { describe, expect, onTestFinished, test } from 'vitest';
import { limitBody, sendError } from '../../src/api/server/http-errors.js';
import { answerUnreadable } from '../../src/api/server/raw-answers.js';
import { endSlowHeaders } from '../../src/api/server/slow-headers.js';
import { startTestApi } from './fixtures/api.js';
import { codeOf, openRaw, postLines, QUERY } from './fixtures/raw-http.js';

const SOON_MS = 300;

async function listening(server: Server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` };
}

function impatient(listener: RequestListener) {
  const server = createServer({ keepAliveTimeout: 60_000 }, listener);
  answerUnreadable(server);
  endSlowHeaders(server, SOON_MS);
  return listening(server);
}

const OK: RequestListener = (_request, response) => void response.end('ok');

describe('headers that keep arriving', () => {
  test('are ended with a 408 in JSON', async () => {
    const api = await impatient(OK);
    const connection = await openRaw(api);
    connection.send('POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    const [answer] = await connection.answers(1);
    expect([answer?.status, codeOf(answer!)]).toEqual([408, 'REQUEST_TIMEOUT']);
    await connection.closed;
  });

  test('of a second request, too', async () => {
    const connection = await openRaw(await impatient(OK));
    connection.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await connection.answers(1);
    connection.send('GET / HTTP/1.1\r\nHost: local');
    expect((await connection.answers(2))[1]?.status).toBe(408);
    await connection.closed;
  });

  test('are not those of a connection that is idle, or of a request that takes long to answer', async () => {
    let answer = () => {};
    const api = await impatient((request, response) => {
      if (request.url === '/slow') answer = () => void response.end('ok');
      else response.end('ok');
    });
    const [idle, fresh, slow, ended] = [
      await openRaw(api),
      await openRaw(api),
      await openRaw(api),
      await openRaw(api),
    ];
    idle.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await idle.answers(1);
    slow.send('GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await expect.poll(() => answer.name).not.toBe('');
    // By the time that this one is ended, the others are as old.
    ended.send('GET');
    await ended.closed;
    ended.socket.destroy();
    const next = await openRaw(api);
    next.send('GET');
    await next.closed;

    answer();
    expect((await slow.answers(1))[0]?.status).toBe(200);
    for (const [connection, count] of [
      [idle, 2],
      [fresh, 1],
    ] as const) {
      connection.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
      expect((await connection.answers(count)).at(-1)?.status).toBe(200);
    }
  });
});

describe('a body that keeps arriving', () => {
  test('is ended with a 408 in JSON', async () => {
    const app = express();
    app.use((_request, response, next) => {
      response.setHeader('X-Request-Id', 'slow-1');
      next();
    });
    app.use(limitBody(1000, SOON_MS), express.json(), (_request, response) =>
      sendError(response, 400, 'READ', ''),
    );
    const connection = await openRaw(await listening(createServer(app)));
    connection.send([...postLines(), '', '{'].join('\r\n'));
    const [answer] = await connection.answers(1);
    expect([answer?.status, codeOf(answer!)]).toEqual([408, 'REQUEST_TIMEOUT']);
    expect(answer?.body).toContain('slow-1');
    await connection.closed;
  });

  test('in time is taken, and its connection kept', async () => {
    const app = express();
    app.use(limitBody(1000, 60_000), express.json(), (_request, response) => void response.json({}));
    const connection = await openRaw(await listening(createServer(app)));
    for (const count of [1, 2]) {
      connection.send([...postLines(), '', QUERY].join('\r\n'));
      expect((await connection.answers(count)).at(-1)?.status).toBe(200);
    }
  });
});

test('the API ends both, however long it keeps idle connections', async () => {
  const api = await startTestApi({ keepAliveSeconds: 7200 });
  onTestFinished(() => api.stop());
  const [headers, body] = [await openRaw(api), await openRaw(api)];
  headers.send('POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
  body.send([...postLines(), '', '{'].join('\r\n'));
  for (const connection of [headers, body]) {
    const [answer] = await connection.answers(1);
    expect([answer?.status, codeOf(answer!)]).toEqual([408, 'REQUEST_TIMEOUT']);
    await connection.closed;
  }
});

test('fifty megabytes of gzip are refused, however they are packed', async () => {
  const api = await startTestApi();
  onTestFinished(() => api.stop());
  const text = Buffer.alloc(50_000_000, ' ');
  for (const level of [9, 0]) {
    const response = await fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync(text, { level }),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] });
  }
});
