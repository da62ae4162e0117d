import { once } from 'node:events';
import { createServer } from 'node:net';

import { expect, it } from 'vitest';

import { assertPortFree, freePort, PortTaken } from '../../src/dev/ports.js';

it('finds ports that are free, each time another', async () => {
  const ports = [await freePort(), await freePort(), await freePort()];
  expect(new Set(ports).size).toBe(3);
  for (const port of ports) await assertPortFree(port, 'the test', '');
});

it('says in one line who needs a port that is taken, and what to do', async () => {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  try {
    const check = assertPortFree(port, 'the Temporal server', 'Set TEMPORAL_PORT to another port.');
    await expect(check).rejects.toThrow(PortTaken);
    await expect(check).rejects.toThrow(
      `Port ${String(port)} is taken, but the Temporal server needs it. Set TEMPORAL_PORT to another port.`,
    );
  } finally {
    server.close();
  }
});

it('leaves errors of another kind as they are', async () => {
  await expect(assertPortFree(1, 'the test', '', '203.0.113.1')).rejects.toThrow('EADDRNOTAVAIL');
});
