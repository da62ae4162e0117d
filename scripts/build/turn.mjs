import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/**
 * Waits until no other process builds in this folder. The lock is a socket, which the system closes however its process ends,
 * so a killed build blocks no other.
 *
 * @returns a function that ends the turn
 */
export async function takeTurn() {
  const folder = createHash('sha256').update(process.cwd()).digest('hex').slice(0, 16);
  const path = join(tmpdir(), `tripsaga-build-${userInfo().uid}-${folder}`);
  for (let logged = false; ;) {
    const end = await listenAt(path);
    if (end) return end;
    const other = connect(path);
    try {
      await once(other, 'connect');
      if (!logged) console.log('Another build of this folder is running. Waiting for it to finish.');
      logged = true;
      await once(other.resume(), 'close');
    } catch (error) {
      // Its build was killed.
      if (error.code === 'ECONNREFUSED') await rm(path, { force: true });
      else if (!['ENOENT', 'ECONNRESET'].includes(error.code)) throw error;
    }
  }
}

/** Listens on the socket, or resolves with `undefined` if its file exists. */
async function listenAt(path) {
  const waiting = new Set();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => undefined).on('close', () => waiting.delete(socket));
  });
  try {
    await once(server.listen(path), 'listening');
  } catch (error) {
    if (error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
  return () => {
    server.close();
    for (const socket of waiting) socket.destroy();
  };
}
