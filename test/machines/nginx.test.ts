import { execFile } from 'node:child_process';
import { connect as connectTcp, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { request } from '../support/graphql-client.js';
import { BookingsDocument } from '../../src/client/generated.js';
import { startTestApi, type ApiChoice } from '../api/fixtures/api.js';
import { QUERY } from '../api/fixtures/raw-http.js';
import { connect } from '../api/fixtures/subscriptions.js';
import { startNginx } from './nginx-process.js';

/** The API behind a real nginx with the README's configuration. */

async function behindNginx(choice: ApiChoice = {}, change?: (configuration: string) => string) {
  const api = await startTestApi({ trustProxy: ['loopback'], ...choice });
  const line = await countingLine(Number(new URL(api.url).port));
  const nginx = await startNginx(line.port, change);
  onTestFinished(async () => {
    await nginx.stop();
    await api.stop();
  });
  return { site: `http://127.0.0.1:${nginx.port}/shop`, connections: line.connections };
}

/** A proxy between nginx and the API that counts the connections. */
async function countingLine(port: number) {
  let count = 0;
  const server = createServer((socket) => {
    count++;
    const onward = connectTcp(port, '127.0.0.1');
    onward.on('error', () => socket.destroy()).pipe(socket);
    socket.on('error', () => onward.destroy()).pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => count };
}

const post = (site: string) =>
  fetch(`${site}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: QUERY });

const stripsPath = (configuration: string) =>
  configuration.replace('proxy_pass http://tripsaga;', 'proxy_pass http://tripsaga/;');

describe.each([
  ['as in the README', undefined],
  ['that strips the path', stripsPath],
])('nginx %s', (_what, change) => {
  const publicUrl = 'http://127.0.0.1/shop';

  test('serves programs and pages, over HTTP and WebSocket', async () => {
    const { site } = await behindNginx({ publicUrl }, change);
    expect((await request(`${site}/graphql`, BookingsDocument, {})).data?.bookings.nodes).toBeInstanceOf(
      Array,
    );
    for (const path of ['/', '/bookings/john-1']) {
      const html = await (await fetch(`${site}${path}`)).text();
      const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
      expect(links.length).toBeGreaterThan(2);
      for (const link of links) expect((await fetch(new URL(link, site))).status).toBe(200);
    }

    const socketUrl = `${site.replace('http:', 'ws:')}/graphql`;
    const ask = async (origin: string) => {
      for await (const { data } of connect(socketUrl, { origin }).iterate({ query: '{ __typename }' }))
        return data;
      return undefined;
    };
    expect(await ask(new URL(publicUrl).origin)).toEqual({ __typename: 'Query' });
    await expect(ask('http://evil.example')).rejects.toThrow();
  });

  test('answers curl --http2, whose Upgrade offer it passes on', async () => {
    const { site } = await behindNginx({ publicUrl }, change);
    const args = ['--http2', '--silent', '--noproxy', '*', '--header', 'Content-Type: application/json'];
    const { stdout } = await promisify(execFile)('curl', [...args, '--data', QUERY, `${site}/graphql`]);
    expect(JSON.parse(stdout)).toMatchObject({ data: { __typename: 'Query' } });
  });
});

test('an nginx that uses HTTP/1.0, its default, is answered', async () => {
  const plain = (configuration: string) => stripsPath(configuration).replace('proxy_http_version 1.1;', '');
  const { site } = await behindNginx({}, plain);
  expect((await post(site)).status).toBe(200);
  expect((await fetch(`${site}/bookings`)).status).toBe(200);
});

test('one that sends `Connection: upgrade` with every request is answered', async () => {
  const careless = (configuration: string) =>
    stripsPath(configuration).replace('$connection_for_tripsaga;', 'upgrade;');
  const { site } = await behindNginx({}, careless);
  expect((await post(site)).status).toBe(200);
  expect((await post(site)).status).toBe(200);
});

test('if nginx drops the Upgrade header, the error says so to a client that opens a WebSocket', async () => {
  const { site } = await behindNginx({}, (configuration) =>
    stripsPath(configuration).replace('proxy_set_header Upgrade $http_upgrade;', ''),
  );
  const socket = new WebSocket(`${site.replace('http:', 'ws:')}/graphql`, 'graphql-transport-ws');
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const [body] = (await once(response, 'data')) as [Buffer];
  expect(response.statusCode).toBe(426);
  expect(String(body)).toMatch(/UPGRADE_REQUIRED|without its Upgrade header/);
});

describe('connections that nginx keeps', () => {
  test('are not closed after five seconds, which is Node’s default', async () => {
    const { site, connections } = await behindNginx({}, stripsPath);
    expect((await post(site)).status).toBe(200);
    await sleep(6500);
    expect((await post(site)).status).toBe(200);
    expect(connections()).toBe(1);
  });
});
