/** A broken promise, with the booking that shows it. */
export interface Violation {
  /** The broken promise in a few words, one per check. */
  readonly what: string;
  readonly id?: string;
  readonly detail: string;
}

export interface Violations {
  add(what: string, id: string | undefined, detail: string): void;
  all(): readonly Violation[];
}

export function createViolations(): Violations {
  const found: Violation[] = [];
  return {
    add: (what, id, detail) => void found.push({ what, ...(id !== undefined && { id }), detail }),
    all: () => found,
  };
}
