import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Recognizes a statement by what a program sends: its text, followed by its values. */
export type StatementMatcher = (text: string) => boolean;

/** What is done to a statement in transit. */
interface Interception {
  readonly matches: StatementMatcher;
  /** Milliseconds by which it is delayed. */
  readonly delayMs?: number;
  /** Whether its response is lost. */
  readonly losesResponse?: boolean;
  readonly onMatch: (sent: Buffer | undefined) => void;
}

/** The line between one program and PostgreSQL, which can delay statements and lose responses. */
export interface DatabaseLine {
  /**
   * Delays the next matching statement and its connection, so that it arrives even if its sender has long given up.
   * Resolves once it is delayed, or with false if none came in time.
   */
  delay(matches: StatementMatcher, milliseconds: number): Promise<boolean>;
  /** The bytes of the next matching statement, which passes unchanged; `undefined` if none came in time. */
  overhear(matches: StatementMatcher): Promise<Buffer | undefined>;
  /** Lets the next matching statement take effect, and breaks its connection before the response. */
  loseResponse(matches: StatementMatcher): Promise<boolean>;
}

/** Milliseconds after which an interception without a matching statement ends. */
const INTERCEPTION_MS = 5000;

export async function openDatabaseLine(port: number, databasePort: number): Promise<DatabaseLine> {
  const interceptions: Interception[] = [];

  const server = createServer((program) => {
    const database = connect(databasePort, '127.0.0.1');
    let turn: Promise<unknown> = Promise.resolve();
    let losesResponse = false;
    for (const socket of [program, database]) socket.setNoDelay().on('error', () => undefined);
    program.on('data', (data) => {
      const interception = take(data);
      if (interception?.delayMs !== undefined) {
        const { delayMs } = interception;
        turn = turn.then(() => sleep(delayMs));
      }
      turn = turn.then(() => {
        if (interception?.losesResponse) losesResponse = true;
        return writeTo(database, data);
      });
    });
    // What was sent arrives, whatever became of its sender.
    program.on('close', () => void turn.then(() => database.end()));
    database.on('data', (data) => {
      if (losesResponse) program.resetAndDestroy();
      else void writeTo(program, data);
    });
    database.on('close', () => program.destroy());
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));

  function take(data: Buffer): Interception | undefined {
    if (interceptions.length === 0) return undefined;
    const text = data.toString('latin1');
    const index = interceptions.findIndex(({ matches }) => matches(text));
    const [found] = index < 0 ? [] : interceptions.splice(index, 1);
    found?.onMatch(data);
    return found;
  }

  function intercept(
    matches: StatementMatcher,
    what: Pick<Interception, 'delayMs' | 'losesResponse'> = {},
  ): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        interceptions.splice(interceptions.indexOf(interception), 1);
        resolve(undefined);
      }, INTERCEPTION_MS);
      const interception: Interception = {
        matches,
        ...what,
        onMatch(sent) {
          clearTimeout(timer);
          resolve(sent);
        },
      };
      interceptions.push(interception);
    });
  }

  return {
    delay: async (matches, delayMs) => (await intercept(matches, { delayMs })) !== undefined,
    loseResponse: async (matches) => (await intercept(matches, { losesResponse: true })) !== undefined,
    overhear: (matches) => intercept(matches),
  };
}

async function writeTo(socket: Socket, data: Buffer): Promise<void> {
  if (socket.destroyed) return;
  socket.write(data);
}
