import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { askRaw, codeOf, openRaw, postLines, QUERY } from './fixtures/raw-http.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const POST = 'POST /graphql HTTP/1.1';
const HOST = 'Host: localhost';
const TYPE = 'Content-Type: application/json';

describe('an invalid HTTP request is refused in JSON, and its connection closed', () => {
  test.each([
    [
      'two lengths',
      400,
      [POST, HOST, TYPE, 'Content-Length: 2', 'Content-Length: 3'],
      '{}',
      /Duplicate Content-Length/,
    ],
    [
      'a length and chunks',
      400,
      [POST, HOST, TYPE, 'Content-Length: 2', 'Transfer-Encoding: chunked'],
      '{}',
      /Transfer-Encoding/,
    ],
    ['a chunk without a size', 400, [POST, HOST, TYPE, 'Transfer-Encoding: chunked'], 'x\r\n', /chunk/],
    ['no method', 400, ['<html>'], '', /method/],
    ['a TLS ClientHello', 400, [Buffer.from('1603010200010001fc0303', 'hex').toString('latin1')], '', /HTTP/],
    ['headers over 16 kB', 431, ['GET / HTTP/1.1', HOST, `Cookie: a=${'x'.repeat(20_000)}`], '', /16 kB/],
  ])('%s', async (_what, status, lines, body, message) => {
    const connection = await openRaw(api);
    connection.send([...lines, '', body].join('\r\n'));
    const [answer] = await connection.answers(1);
    expect(answer?.status).toBe(status);
    expect(answer?.head).toMatch(/^content-type: application\/json/im);
    const id = /^x-request-id: (.+)$/im.exec(answer?.head ?? '')?.[1];
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({
      errors: [{ message: expect.stringMatching(message) as unknown, extensions: { requestId: id } }],
    });
    await connection.closed;
  });

  test.each([
    ['CONNECT', 405, 'METHOD_NOT_ALLOWED', ['CONNECT shop.example:443 HTTP/1.1', HOST]],
    ['an unknown expectation', 417, 'EXPECTATION_FAILED', [...postLines('Expect: tea')]],
  ])('%s, with a code and the request’s id', async (_what, status, code, lines) => {
    const answer = await askRaw(api, [...lines, 'X-Request-Id: mine-1'], QUERY);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(answer.head).toMatch(/^x-request-id: mine-1$/im);
    expect(answer.body).toContain('mine-1');
  });

  test.each([
    ['none', [POST, TYPE, 'Content-Length: 2']],
    ['two', [POST, HOST, HOST, TYPE, 'Content-Length: 2']],
  ])('Host headers: %s', async (_what, lines) => {
    const answer = await askRaw(api, lines, '{}');
    expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_REQUEST']);
    expect(answer.body).toContain('Host');
  });
});

test('an invalid request after a complete one is answered after it, not in its place', async () => {
  const connection = await openRaw(api);
  connection.send([...postLines(), '', QUERY].join('\r\n'));
  await connection.answers(1);
  connection.send('nonsense\r\n\r\n');
  const statuses = (await connection.answers(2)).map(({ status }) => status);
  expect(statuses).toEqual([200, 400]);
  await connection.closed;
});

test('a request is never answered twice: an oversized body that then turns invalid', async () => {
  const connection = await openRaw(api);
  connection.send([POST, HOST, TYPE, 'Transfer-Encoding: chunked', '', ''].join('\r\n'));
  connection.send(`30000\r\n${' '.repeat(0x30000)}\r\n`);
  expect((await connection.answers(1))[0]?.status).toBe(413);
  connection.send('no size\r\n');
  await connection.closed;
  expect(await connection.answers(1)).toHaveLength(1);
});

test('Expect: 100-continue is answered before the body comes', async () => {
  const connection = await openRaw(api);
  connection.send([...postLines('Expect: 100-continue'), '', ''].join('\r\n'));
  expect((await connection.answers(1))[0]?.status).toBe(100);
  connection.send(QUERY);
  expect((await connection.answers(2))[1]?.status).toBe(200);
});

test('an HTTP/1.0 request, nginx’s default, is answered and its connection closed', async () => {
  const connection = await openRaw(api);
  connection.send(
    ['POST /graphql HTTP/1.0', HOST, TYPE, `Content-Length: ${QUERY.length}`, '', QUERY].join('\r\n'),
  );
  const [answer] = await connection.answers(1);
  expect(answer?.status).toBe(200);
  await connection.closed;
});
