import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type ListenOptions, type Server } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Somebody else listens on a port that one of our servers needs. The message is one line, meant for a person. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/**
 * Checks that nobody listens on a port, so that a start can fail with a line that says what to do, rather than with
 * whatever the server itself makes of it.
 *
 * @param what who needs the port, as the sentence's subject: "the Temporal server"
 * @param hint what the reader can do about it, a whole sentence
 * @throws {PortTaken} if the port is taken
 * @throws the system's own error if the port can't be used for another reason (a privileged port, an unknown address)
 */
export async function assertPortFree(port: number, what: string, hint: string, ip = LOOPBACK): Promise<void> {
  try {
    await close(await listen({ port, host: ip, exclusive: true }));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new PortTaken(`Port ${String(port)} is taken, but ${what} needs it. ${hint}`, { cause: error });
  }
}

/**
 * Finds a port of 127.0.0.1 that nobody listens on.
 *
 * The system picks such ports at random, so two calls in a row may get the same one before anybody listens on it. A
 * connection that the listening side closes first leaves the port in TIME_WAIT: for about a minute Linux won't hand it
 * out again, while a server may still listen on it.
 */
export async function freePort(): Promise<number> {
  const server = await listen({ port: 0, host: LOOPBACK });
  server.on('connection', (socket) => socket.destroy());
  const { port } = server.address() as AddressInfo;
  const visitor = connect(port, LOOPBACK).resume();
  await once(visitor, 'close');
  await close(server);
  return port;
}

async function listen(where: ListenOptions): Promise<Server> {
  const server = createServer();
  server.listen(where);
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
