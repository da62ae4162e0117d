/** A point where something waits until a test lets it continue. */
export interface Gate {
  /** Resolves when something has arrived at the gate. */
  readonly arrived: Promise<void>;
  /** Arrives at the gate. Resolves when it is open. */
  readonly pass: () => Promise<void>;
  readonly letGo: () => void;
}

export function createGate(): Gate {
  let arrive = () => {};
  let letGo = () => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const open = new Promise<void>((resolve) => (letGo = resolve));
  return {
    arrived,
    pass() {
      arrive();
      return open;
    },
    letGo,
  };
}
