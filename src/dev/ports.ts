import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { execa } from 'execa';
import { StartFailed } from './dev-context.js';

export const LOOPBACK = '127.0.0.1';

const LOOK_UP_TIMEOUT_MS = 5_000;

export interface NeededPort {
  readonly port: number;
  readonly host: string;
  /** Who needs it, as a sentence's subject: "the Temporal server". */
  readonly what: string;
  /** The variable that moves it. */
  readonly setting: string;
}

/** @throws {StartFailed} with a line for every port that can't be had: who needs it, who has it, what to do */
export async function assertPortsFree(needed: readonly NeededPort[]): Promise<void> {
  const problems: string[] = [];
  // Each stays open until all are tried, so that two of ours on one port meet here.
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
  const [twin] = needed.filter((other) => other.port === port);
  if (twin !== undefined && twin !== one) {
    return `${subject} and ${twin.what} can't both have port ${port}. Set ${setting} or ${twin.setting} to another port.`;
  }
  return `Port ${port} is taken${await holderOf(port)}, but ${what} needs it. Stop what uses it or set ${setting} to another port.`;
}

/** " by node (pid 123)", or nothing where there is no lsof, or the process is another user's. */
async function holderOf(port: number): Promise<string> {
  const { stdout = '' } = await execa('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
    reject: false,
    timeout: LOOK_UP_TIMEOUT_MS,
  });
  const [, pid, name] = /^p(\d+)\nc(.+)$/m.exec(stdout) ?? [];
  return pid === undefined ? '' : ` by ${name} (pid ${pid})`;
}
