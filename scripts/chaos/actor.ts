import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isGone, signalAll, treeOf } from './process-tree.js';

export type Role = 'api' | 'worker' | 'temporal' | 'postgres' | 'partner';

export interface Part {
  readonly name: string;
  readonly role: Role;
  readonly command: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  /** Its output is appended here. */
  readonly log: string;
  /** Whether it serves; asked until it does. May throw where it doesn't yet. */
  readonly serves: () => Promise<boolean>;
}

/** A real process that is started, killed and stopped as its machine might, and always in the same place. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
  /** Somebody is at it just now: nobody else shall be. */
  busy: boolean;
  /** Starts it and waits until it serves. */
  start(): Promise<void>;
  /** kill -9, children included; resolves when all are gone. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT, children included. */
  pause(): void;
  resume(): void;
  /** Whether it was dead, stopped or just coming back at any time between two moments. */
  wasDisturbed(from: number, to: number): boolean;
  /** How often it ended although nobody killed it. */
  falls(): readonly string[];
}

const START_TIMEOUT_MS = 60_000;
const ASK_EVERY_MS = 50;
/** Connections from before break some moments later. */
const AFTERMATH_MS = 2000;

export function createActor({ name, role, command, env, log, serves }: Part): Actor {
  let child: ChildProcess | undefined;
  let wanted = false;
  let since: number | undefined = 0;
  const disturbances: { readonly from: number; readonly to: number }[] = [];
  const falls: string[] = [];

  const disturb = () => void (since ??= Date.now());
  const settle = () => {
    if (since !== undefined) disturbances.push({ from: since, to: Date.now() + AFTERMATH_MS });
    since = undefined;
  };
  const tree = () => (child?.pid === undefined || isGone(child.pid) ? [] : treeOf(child.pid));
  process.on('exit', () => signalAll(tree().reverse(), 'SIGKILL'));

  function launch(): void {
    const [program, ...args] = command;
    const output = openSync(log, 'a');
    child = spawn(program, args, { env, detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    const mine = child;
    mine.once('error', (error) => falls.push(`${name} can't be started: ${error.message}`));
    mine.once('exit', (code, signal) => {
      if (!wanted || mine !== child) return;
      falls.push(`${name} ended by itself (${signal ?? code}) at ${new Date().toISOString()}`);
      disturb();
      // As a service manager does.
      setTimeout(() => wanted && mine === child && void start().catch(() => undefined), 500);
    });
  }

  async function start(): Promise<void> {
    wanted = true;
    launch();
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await serves().catch(() => false))) {
      if (Date.now() > deadline)
        throw new Error(`${name} did not serve within ${START_TIMEOUT_MS / 1000} s; see ${log}`);
      await sleep(ASK_EVERY_MS);
    }
    settle();
  }

  return {
    name,
    role,
    busy: false,
    start,
    async kill() {
      wanted = false;
      disturb();
      const [root, ...others] = tree();
      if (root === undefined) return;
      // First the children, while their parent can still notice: nobody else might.
      const [main, ...rest] = others;
      if (main !== undefined) signalAll([main], 'SIGSTOP');
      signalAll([...treeOf(root).slice(1).reverse(), ...rest], 'SIGKILL');
      await untilGone(others);
      signalAll([root], 'SIGKILL');
      await untilGone([root]);
    },
    pause() {
      disturb();
      signalAll(tree(), 'SIGSTOP');
    },
    resume() {
      signalAll(tree().reverse(), 'SIGCONT');
      settle();
    },
    wasDisturbed(from, to) {
      if (since !== undefined && since <= to) return true;
      return disturbances.some((one) => one.from <= to && one.to >= from);
    },
    falls: () => falls,
  };
}

async function untilGone(pids: readonly number[]): Promise<void> {
  while (!pids.every(isGone)) await sleep(10);
}
