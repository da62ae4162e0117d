import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { npmRun } from '../support/processes.js';
import { dataConverterWith, newPayloadKey } from '../support/payload-keys.js';

/** `npm run codec-server` shows operators what Temporal holds, in Temporal's own tools, and nobody else. */

const UI = 'https://temporal.example:8443';
const A = newPayloadKey('key-a');

let url: string;
beforeAll(async () => {
  const server = npmRun('codec-server', {
    PAYLOAD_KEYS: A,
    CODEC_SERVER_PORT: '0',
    TEMPORAL_UI_URL: `${UI}/ui`,
  });
  [, url = ''] = await server.says(/Codec server at (http:\/\/127\.0\.0\.1:\d+), .* and pages of https/);
});

async function send(path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') {
  return fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'POST' && { body: JSON.stringify(body) }),
  });
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const ADA = { payloads: [{ metadata: { encoding: base64('json/plain') }, data: base64('"Ada"') }] };

describe('Temporal’s own command line', () => {
  const workflowId = randomUUID();
  let server: Client;
  beforeAll(async () => {
    const connection = await Connection.connect({ address: inject('temporalAddress') });
    server = new Client({ connection, dataConverter: dataConverterWith(A) });
    // No worker takes it.
    const options = {
      workflowId,
      taskQueue: randomUUID(),
      staticSummary: 'Trip of Ada',
      args: ['Ada Lovelace'],
    };
    await server.workflow.start('unserved', options);
  });
  afterAll(async () => {
    await server.workflow.getHandle(workflowId).terminate();
    await server.connection.close();
  });

  async function temporal(command: string, ...options: string[]) {
    const args = [
      'workflow',
      command,
      '--workflow-id',
      workflowId,
      '--address',
      inject('temporalAddress'),
      ...options,
    ];
    return (await promisify(execFile)(inject('temporalProgram'), args)).stdout;
  }

  test('shows encrypted payloads without it, and their content with it', async () => {
    expect(await temporal('show', '--output', 'json')).not.toContain(base64('"Ada Lovelace"'));
    expect(await temporal('show', '--output', 'json', '--codec-endpoint', url)).toContain(
      base64('"Ada Lovelace"'),
    );
  });

  test('encrypts what an operator sends', async () => {
    const input = ['--name', 'a-signal', '--input', '"Charles Babbage"', '--codec-endpoint', url];
    await temporal('signal', ...input);
    const { events } = await server.workflow.getHandle(workflowId).fetchHistory();
    const [payload] = events?.at(-1)?.workflowExecutionSignaledEventAttributes?.input?.payloads ?? [];
    expect(Buffer.from(payload?.metadata?.['encoding'] ?? []).toString()).toBe('binary/encrypted');
    expect(await temporal('show', '--output', 'json', '--codec-endpoint', url)).toContain(
      base64('"Charles Babbage"'),
    );
  });
});

describe('a page of Temporal’s Web UI', () => {
  test('may ask, and gets answers', async () => {
    const preflight = await send('/decode', undefined, { Origin: UI }, 'OPTIONS');
    expect([preflight.status, Object.fromEntries(preflight.headers)]).toMatchObject([
      204,
      {
        'access-control-allow-origin': UI,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'Content-Type, X-Namespace',
      },
    ]);
    const encoded = await send('/encode', ADA, { Origin: UI });
    expect(encoded.headers.get('access-control-allow-origin')).toBe(UI);
    const decoded = await send('/decode', await encoded.json(), { Origin: UI, 'X-Namespace': 'default' });
    expect(await decoded.json()).toEqual(ADA);
  });

  test.each(['https://evil.example', 'https://temporal.example', 'null'])('of %s may not', async (origin) => {
    for (const method of ['OPTIONS', 'POST']) {
      const refused = await send('/decode', ADA, { Origin: origin }, method);
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    }
  });

  test('cannot reach it under another name (DNS rebinding)', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { Host: 'evil.example', 'content-type': 'application/json' };
      httpRequest(`${url}/decode`, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end(JSON.stringify(ADA));
    });
    expect(status).toBe(421);
  });
});

describe('other requests are refused with a reason', () => {
  test.each([
    [404, '/', 'POST', 'application/json'],
    [405, '/decode', 'GET', 'application/json'],
    [415, '/decode', 'POST', 'text/plain'],
  ])('%i: %s %s %s', async (status, path, method, type) => {
    const refused = await send(path, ADA, { 'content-type': type }, method);
    expect([refused.status, await refused.text()]).toEqual([status, expect.stringMatching(/\w\.\n$/)]);
  });

  test.each([[null], ['text'], [{ payloads: 1 }]])('400: a body that has no payloads: %j', async (body) => {
    expect((await send('/decode', body)).status).toBe(400);
  });

  test('400: a payload whose key is missing, with its name', async () => {
    const [codec] = dataConverterWith(newPayloadKey('key-b')).payloadCodecs ?? [];
    const [{ metadata, data }] = (await codec!.encode([{}])) as [
      { metadata: Record<string, Buffer>; data: Buffer },
    ];
    const texts = Object.entries(metadata).map(([name, value]) => [
      name,
      Buffer.from(value).toString('base64'),
    ]);
    const payload = { metadata: Object.fromEntries(texts) as object, data: data.toString('base64') };
    const refused = await send('/decode', { payloads: [payload] });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('the key "key-b"')]);
  });
});

test('it doesn’t start with wrong settings, and reports all of them', async () => {
  const settings = { CODEC_SERVER_PORT: 'x', TEMPORAL_UI_URL: 'here' };
  const server = npmRun('codec-server', settings);
  expect(await server.ended).toBe(1);
  for (const line of [/PAYLOAD_KEYS: is missing/, /CODEC_SERVER_PORT: must be/, /TEMPORAL_UI_URL: must be/])
    expect(server.output()).toMatch(line);
});
