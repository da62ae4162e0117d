import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { createGate, type Gate } from './gate.js';

/** A statement that is held on its way to PostgreSQL. */
export interface HeldStatement {
  /** Resolves when it has arrived at the proxy. */
  readonly arrived: Promise<void>;
  /** Passes it on to the database, with everything that followed it. */
  letGo(): void;
}

export interface DatabaseProxy {
  /** The database's URL through the proxy. */
  readonly url: string;
  /**
   * Holds the first matching statement and its connection; other connections continue. The text of a statement with a name is
   * sent only once per connection.
   */
  hold(statement: RegExp): HeldStatement;
  /** From now on nothing passes in either direction, and no connection is closed. */
  freeze(): void;
  close(): Promise<void>;
}

/** A proxy between a process and PostgreSQL. */
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
