import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { createGate, type Gate } from './gate.js';

/** A statement on its way to PostgreSQL, held up by the proxy. */
export interface HeldStatement {
  /** Resolves when it reaches the proxy. */
  readonly arrived: Promise<void>;
  /** Forwards it to the database, and everything that was sent after it. */
  letGo(): void;
}

export interface DatabaseProxy {
  /** The database's URL through the proxy. */
  readonly url: string;
  /** Holds up the first statement that matches. Its connection waits; the others continue. */
  hold(statement: RegExp): HeldStatement;
  /** Stops forwarding in both directions, without closing any connection. */
  freeze(): void;
  close(): Promise<void>;
}

/** Stands between one process and PostgreSQL. */
export async function openDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let hold: { readonly statement: RegExp; readonly gate: Gate } | undefined;

  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname);
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    database.pipe(client);
    client.on('end', () => database.end());
    let turn: Promise<unknown> = Promise.resolve();
    client.on('data', (data) => {
      const held = hold?.statement.test(data.toString('latin1')) ? hold : undefined;
      if (held) {
        hold = undefined;
        turn = held.gate.pass();
      }
      turn = turn.then(() => database.write(data));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  url.hostname = '127.0.0.1';

  return {
    url: url.href,
    hold(statement) {
      const gate = createGate();
      hold = { statement, gate };
      return gate;
    },
    freeze() {
      for (const socket of sockets) socket.unpipe().removeAllListeners('data').pause();
      server.removeAllListeners('connection').on('connection', (socket) => sockets.add(socket));
    },
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}
