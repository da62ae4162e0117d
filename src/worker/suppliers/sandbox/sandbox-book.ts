import { SupplierRefused } from '../supplier-errors.js';

/** The sandbox's own books: what it holds, what was released, and how often each step was tried. In memory. */
export interface SandboxBook {
  /** @throws SupplierRefused under a key that was released already (law 5's tombstone). */
  hold(key: string, offerId: string): void;
  release(key: string): void;
  holds(key: string): boolean;
  heldKeys(): string[];
  /** Counts one more try of a step. Temporal's own count wins where it is higher: it survives a restart, ours doesn't. */
  countTry(step: string, attempt: number): number;
}

export function createSandboxBook(): SandboxBook {
  const held = new Map<string, string>();
  const tombstones = new Set<string>();
  const tries = new Map<string, number>();
  return {
    hold(key, offerId) {
      if (tombstones.has(key))
        throw new SupplierRefused(`${key} was released; a reservation under it is refused.`);
      held.set(key, offerId);
    },
    release(key) {
      held.delete(key);
      tombstones.add(key);
    },
    holds: (key) => held.has(key),
    heldKeys: () => [...held.keys()],
    countTry(step, attempt) {
      const count = Math.max((tries.get(step) ?? 0) + 1, attempt);
      tries.set(step, count);
      return count;
    },
  };
}
