import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { freePort } from '../support/free-port.js';
import { expect, it } from 'vitest';
import { assertPortsFree, type NeededPort } from '../../src/dev/ports.js';

const needed = (port: number, setting: string, host = '127.0.0.1'): NeededPort => ({
  ...{ port, host, setting },
  what: `the ${setting}`,
});

it('reports all ports in use together, each with its process and setting', async () => {
  const [first, second, free] = [await freePort(), await freePort(), await freePort()];
  const servers = [first, second].map((port) => createServer().listen(port, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  try {
    const check = assertPortsFree([needed(first, 'A'), needed(free, 'B'), needed(second, 'C')]);
    const by = String.raw`( by \S+ \(pid ${process.pid}\))?`;
    await expect(check).rejects.toThrow(
      new RegExp(
        `^Port ${first} is in use${by}, but the A needs it. Stop the process that uses it or set A to another port.\n` +
          `Port ${second} is in use${by}, but the C needs it. Stop the process that uses it or set C to another port.$`,
      ),
    );
  } finally {
    servers.forEach((server) => server.close());
  }
});

it('says that an outgoing connection may have taken a port that nothing listens on', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(client, 'connect');
  try {
    const taken = client.localPort!;
    await expect(assertPortsFree([needed(taken, 'A')])).rejects.toThrow(
      new RegExp(
        `^Nothing listens on port ${taken}, which the A needs, but it is taken, probably by an outgoing connection. ` +
          'Try again in a minute or set A to a port below 32768.$',
      ),
    );
  } finally {
    client.destroy();
    server.close();
  }
});

it('leaves the ports free, and reports two parts set to the same port', async () => {
  const port = await freePort();
  await assertPortsFree([needed(port, 'A')]);
  await assertPortsFree([needed(port, 'A')]);
  await expect(assertPortsFree([needed(port, 'A'), needed(port, 'B')])).rejects.toThrow(
    /^The B and the A can't both use port \d+\. Set B or A to another port\.$/,
  );
});

it('tries the given host', async () => {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  try {
    await assertPortsFree([needed(port, 'A', '127.0.0.2')]);
    await expect(assertPortsFree([needed(port, 'A', '0.0.0.0')])).rejects.toThrow('is in use');
    await expect(assertPortsFree([needed(port, 'A', '203.0.113.1')])).rejects.toThrow(
      /^The A can't listen on port \d+ of 203\.0\.113\.1: .*EADDRNOTAVAIL.* Set A or HOST\.$/,
    );
  } finally {
    server.close();
  }
});
