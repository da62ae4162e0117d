/** Compensations, armed before the step they undo is tried, and run in reverse order of arming. */
export interface UndoStack {
  /** Law 1: call this before the step, so that a step whose outcome is unknown is undone as well. */
  arm(undo: () => Promise<void>): void;
  /** Runs what is armed, newest first, each once. An undo must not throw: it reports its failure itself. */
  unwind(): Promise<void>;
}

export function createUndoStack(): UndoStack {
  const armed: (() => Promise<void>)[] = [];
  return {
    arm: (undo) => void armed.push(undo),
    async unwind() {
      for (let undo = armed.pop(); undo; undo = armed.pop()) await undo();
    },
  };
}
