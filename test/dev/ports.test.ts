import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort } from '../support/free-port.js';
import { expect, it } from 'vitest';
import { assertPortsFree, type NeededPort } from '../../src/dev/ports.js';

const needed = (port: number, setting: string, host = '127.0.0.1'): NeededPort => ({
  ...{ port, host, setting },
  what: `the ${setting}`,
});

it('names every port that is taken at once, with the process that has it, and what moves it', async () => {
  const [first, second, free] = [await freePort(), await freePort(), await freePort()];
  const servers = [first, second].map((port) => createServer().listen(port, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  try {
    const check = assertPortsFree([needed(first, 'A'), needed(free, 'B'), needed(second, 'C')]);
    const by = String.raw`( by \S+ \(pid ${process.pid}\))?`;
    await expect(check).rejects.toThrow(
      new RegExp(
        `^Port ${first} is taken${by}, but the A needs it. Stop what uses it or set A to another port.\n` +
          `Port ${second} is taken${by}, but the C needs it. Stop what uses it or set C to another port.$`,
      ),
    );
  } finally {
    servers.forEach((server) => server.close());
  }
});

it('leaves the ports free, and tells two of ours apart that want the same', async () => {
  const port = await freePort();
  await assertPortsFree([needed(port, 'A')]);
  await assertPortsFree([needed(port, 'A')]);
  await expect(assertPortsFree([needed(port, 'A'), needed(port, 'B')])).rejects.toThrow(
    /^The B and the A can't both have port \d+\. Set B or A to another port\.$/,
  );
});

it('tries the host that is named', async () => {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  try {
    await assertPortsFree([needed(port, 'A', '127.0.0.2')]);
    await expect(assertPortsFree([needed(port, 'A', '0.0.0.0')])).rejects.toThrow('is taken');
    await expect(assertPortsFree([needed(port, 'A', '203.0.113.1')])).rejects.toThrow(
      /^The A can't listen on port \d+ of 203\.0\.113\.1: .*EADDRNOTAVAIL.* Set A or HOST\.$/,
    );
  } finally {
    server.close();
  }
});
