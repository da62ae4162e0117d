import { readdirSync, readFileSync } from 'node:fs';

interface Row {
  readonly pid: number;
  readonly parent: number;
}

/**
 * A process and all that descend from it, parents first; on Linux, by /proc. PostgreSQL's children have process groups of
 * their own, so that signals to a group would miss them.
 */
export function treeOf(root: number): number[] {
  const rows = readdirSync('/proc').flatMap((name): Row[] => {
    const parent = /^\d+$/.test(name) ? statOf(Number(name))?.parent : undefined;
    return parent === undefined ? [] : [{ pid: Number(name), parent }];
  });
  const found = [root];
  // Grows while it is walked.
  for (const pid of found) found.push(...rows.filter(({ parent }) => parent === pid).map((row) => row.pid));
  return found;
}

/** A dead process whose parent hasn't noticed yet is gone. */
export function isGone(pid: number): boolean {
  const stat = statOf(pid);
  return stat === undefined || stat.state === 'Z' || stat.state === 'X';
}

export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone already.
    }
  }
}

function statOf(pid: number): { readonly state: string; readonly parent: number } | undefined {
  try {
    // The program's name stands in brackets, and may hold anything.
    const [state = '', parent = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
