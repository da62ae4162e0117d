import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Tells a statement by what a program sends: its text, with the values behind it. */
export type IsMeant = (text: string) => boolean;

/** What is done to a statement on its way. */
interface Ambush {
  readonly isMeant: IsMeant;
  /** Milliseconds that it is held up. */
  readonly holdMs?: number;
  /** Whether its answer is lost. */
  readonly loses?: boolean;
  readonly met: (sent: Buffer | undefined) => void;
}

/** The line between one program and PostgreSQL, on which statements are held up and answers get lost. */
export interface DatabaseLine {
  /**
   * Holds the next statement up that is meant; its connection waits with it, and it arrives although its sender has long
   * given up. Resolves when it is held, with false when none came in time.
   */
  holdUp(isMeant: IsMeant, milliseconds: number): Promise<boolean>;
  /** What was sent with the next statement that is meant, which goes on untouched; `undefined` when none came in time. */
  overhear(isMeant: IsMeant): Promise<Buffer | undefined>;
  /** Has the next statement that is meant carried out, and breaks its connection before the answer. */
  loseAnswer(isMeant: IsMeant): Promise<boolean>;
}

/** An ambush that nobody walks into is called off after so long. */
const AMBUSH_MS = 5000;

export async function openDatabaseLine(port: number, databasePort: number): Promise<DatabaseLine> {
  const ambushes: Ambush[] = [];

  const server = createServer((program) => {
    const database = connect(databasePort, '127.0.0.1');
    let turn: Promise<unknown> = Promise.resolve();
    let loses = false;
    for (const socket of [program, database]) socket.setNoDelay().on('error', () => undefined);
    program.on('data', (data) => {
      const ambush = take(data);
      if (ambush?.holdMs !== undefined) {
        const { holdMs } = ambush;
        turn = turn.then(() => sleep(holdMs));
      }
      turn = turn.then(() => {
        if (ambush?.loses) loses = true;
        return writeTo(database, data);
      });
    });
    // What is on its way arrives, whatever became of its sender.
    program.on('close', () => void turn.then(() => database.end()));
    database.on('data', (data) => {
      if (loses) program.resetAndDestroy();
      else void writeTo(program, data);
    });
    database.on('close', () => program.destroy());
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));

  function take(data: Buffer): Ambush | undefined {
    if (ambushes.length === 0) return undefined;
    const text = data.toString('latin1');
    const index = ambushes.findIndex(({ isMeant }) => isMeant(text));
    const [found] = index < 0 ? [] : ambushes.splice(index, 1);
    found?.met(data);
    return found;
  }

  function lay(isMeant: IsMeant, what: Pick<Ambush, 'holdMs' | 'loses'> = {}): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        ambushes.splice(ambushes.indexOf(ambush), 1);
        resolve(undefined);
      }, AMBUSH_MS);
      const ambush: Ambush = {
        isMeant,
        ...what,
        met(sent) {
          clearTimeout(timer);
          resolve(sent);
        },
      };
      ambushes.push(ambush);
    });
  }

  return {
    holdUp: async (isMeant, holdMs) => (await lay(isMeant, { holdMs })) !== undefined,
    loseAnswer: async (isMeant) => (await lay(isMeant, { loses: true })) !== undefined,
    overhear: (isMeant) => lay(isMeant),
  };
}

async function writeTo(socket: Socket, data: Buffer): Promise<void> {
  if (socket.destroyed) return;
  socket.write(data);
}
