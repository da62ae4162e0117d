/** Work that goes on beside the saga's main line, which waits for it by `condition`. */
export interface Crew {
  take(work: () => Promise<void>): void;
  /** How many pieces of work are under way. */
  size(): number;
  /** Law 4: a bug in a task is the main line's, which fails the workflow task with it. */
  throwBug(): void;
}

export function createCrew(): Crew {
  let running = 0;
  let bug: { readonly error: unknown } | undefined;
  return {
    take(work) {
      running++;
      void work()
        .catch((error: unknown) => (bug = { error }))
        .finally(() => running--);
    },
    size: () => running,
    throwBug() {
      if (bug) throw bug.error;
    },
  };
}
