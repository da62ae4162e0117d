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
  /** Whether it serves; polled until it does. May throw while it doesn't. */
  readonly serves: () => Promise<boolean>;
}

/** A real process that is started, killed and paused as its machine might, always on the same port and folder. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
  /** Whether a fault is being injected into it; there is at most one at a time. */
  busy: boolean;
  /** Starts it and waits until it serves. */
  start(): Promise<void>;
  /** kill -9, children included; resolves when all are gone. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT, children included. */
  pause(): void;
  resume(): void;
  /** Whether it was dead, paused or restarting at any time between two moments. */
  wasDisturbed(from: number, to: number): boolean;
  /** Descriptions of each time it ended without being killed. */
  crashes(): readonly string[];
}

const START_TIMEOUT_MS = 60_000;
const POLL_EVERY_MS = 50;
/** Connections from before the fault break a little later. */
const AFTERMATH_MS = 2000;

export function createActor({ name, role, command, env, log, serves }: Part): Actor {
  let child: ChildProcess | undefined;
  let wanted = false;
  let since: number | undefined = 0;
  const disturbances: { readonly from: number; readonly to: number }[] = [];
  const crashes: string[] = [];

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
    mine.once('error', (error) => crashes.push(`${name} can't be started: ${error.message}`));
    mine.once('exit', (code, signal) => {
      if (!wanted || mine !== child) return;
      crashes.push(`${name} ended by itself (${signal ?? code}) at ${new Date().toISOString()}`);
      disturb();
      // Restarted as a service manager would.
      setTimeout(() => wanted && mine === child && void start().catch(() => undefined), 500);
    });
  }

  async function start(): Promise<void> {
    wanted = true;
    launch();
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await serves().catch(() => false))) {
      if (Date.now() > deadline)
        throw new Error(`${name} was not ready within ${START_TIMEOUT_MS / 1000} s; see ${log}`);
      await sleep(POLL_EVERY_MS);
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
      // The children first, while their parent can still reap them: nothing else might.
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
    crashes: () => crashes,
  };
}

async function untilGone(pids: readonly number[]): Promise<void> {
  while (!pids.every(isGone)) await sleep(10);
}
