import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { execa } from 'execa';
import { StartFailed } from './dev-context.js';

export const LOOPBACK = '127.0.0.1';

const LOOKUP_TIMEOUT_MS = 5_000;

export interface NeededPort {
  readonly port: number;
  readonly host: string;
  /** What needs it, as it appears within a sentence: "the Temporal server". */
  readonly what: string;
  /** The variable that changes it. */
  readonly setting: string;
}

/** @throws {StartFailed} with one line for every unavailable port: what needs it, what uses it, what to do */
export async function assertPortsFree(needed: readonly NeededPort[]): Promise<void> {
  const problems: string[] = [];
  // Each probe stays open until the last port is tried, so that two parts set to the same port collide here.
  const probes: Server[] = [];
  for (const one of needed) {
    const probe = createServer();
    try {
      probe.listen({ port: one.port, host: one.host, exclusive: true });
      await once(probe, 'listening');
      probes.push(probe);
    } catch (error) {
      problems.push(await problemOf(one, needed, error as NodeJS.ErrnoException));
    }
  }
  await Promise.all(probes.map((probe) => once(probe.close(), 'close')));
  if (problems.length > 0) throw new StartFailed(problems.join('\n'));
}

async function problemOf(one: NeededPort, needed: readonly NeededPort[], error: NodeJS.ErrnoException) {
  const { port, host, what, setting } = one;
  const subject = what.replace(/^t/, 'T');
  if (error.code !== 'EADDRINUSE') {
    return `${subject} can't listen on port ${port} of ${host}: ${error.message}. Set ${setting}${host === LOOPBACK ? '' : ' or HOST'}.`;
  }
  const first = needed.find((other) => other.port === port);
  if (first && first !== one) {
    return `${subject} and ${first.what} can't both use port ${port}. Set ${setting} or ${first.setting} to another port.`;
  }
  const holder = await holderOf(port);
  // An outgoing connection takes a port without listening on it, and keeps it for a minute after its end.
  if (holder === '' && !(await listens(port, host))) {
    return `Nothing listens on port ${port}, which ${what} needs, but it is taken, probably by an outgoing connection. Try again in a minute or set ${setting} to a port below 32768.`;
  }
  return `Port ${port} is in use${holder}, but ${what} needs it. Stop the process that uses it or set ${setting} to another port.`;
}

/** Whether a process listens on a port. */
export async function listens(port: number, host: string): Promise<boolean> {
  const socket = connect({ port, host });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** " by node (pid 123)"; empty if lsof isn't installed, or the process belongs to another user. */
async function holderOf(port: number): Promise<string> {
  const { stdout = '' } = await execa('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
    reject: false,
    timeout: LOOKUP_TIMEOUT_MS,
  });
  const [, pid, name] = /^p(\d+)\nc(.+)$/m.exec(stdout) ?? [];
  return pid === undefined ? '' : ` by ${name} (pid ${pid})`;
}
