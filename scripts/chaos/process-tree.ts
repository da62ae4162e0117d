import { readdirSync, readFileSync } from 'node:fs';

interface Row {
  readonly pid: number;
  readonly parent: number;
}

/**
 * A process and its descendants, parents first, from Linux's /proc. PostgreSQL's children have their own process groups, so a
 * signal to the group would miss them.
 */
export function treeOf(root: number): number[] {
  const rows = readdirSync('/proc').flatMap((name): Row[] => {
    const parent = /^\d+$/.test(name) ? statOf(Number(name))?.parent : undefined;
    return parent === undefined ? [] : [{ pid: Number(name), parent }];
  });
  const found = [root];
  // The list grows during the iteration.
  for (const pid of found) found.push(...rows.filter(({ parent }) => parent === pid).map((row) => row.pid));
  return found;
}

/** A zombie process that its parent hasn't reaped counts as gone. */
export function isGone(pid: number): boolean {
  const stat = statOf(pid);
  return stat === undefined || stat.state === 'Z' || stat.state === 'X';
}

export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // Already gone.
    }
  }
}

function statOf(pid: number): { readonly state: string; readonly parent: number } | undefined {
  try {
    // The program's name is in parentheses and may contain anything.
    const [state = '', parent = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
