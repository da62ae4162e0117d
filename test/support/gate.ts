/** A point where something waits until a test lets it go on. */
export interface Gate {
  /** Resolves when something has come to it. */
  readonly arrived: Promise<void>;
  /** Comes to the gate. Resolves when it is open. */
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
