/** Limits how many of something exist at the same time. */
export interface Cap {
  /** @returns a function that leaves again, to be called once; `undefined` if the caller or the process has too many */
  enter(caller: string): (() => void) | undefined;
}

export interface CapSize {
  readonly perCaller: number;
  readonly perProcess: number;
}

export function createCap({ perCaller, perProcess }: CapSize): Cap {
  const present = new Map<string, number>();
  let total = 0;

  function change(caller: string, by: 1 | -1): void {
    const count = (present.get(caller) ?? 0) + by;
    if (count === 0) present.delete(caller);
    else present.set(caller, count);
    total += by;
  }

  return {
    enter(caller) {
      if (total >= perProcess || (present.get(caller) ?? 0) >= perCaller) return undefined;
      change(caller, 1);
      return () => change(caller, -1);
    },
  };
}

/** A place in a cap, which may be counted for another caller later. */
export interface Place {
  /** @returns whether that caller had room; otherwise nothing changes */
  moveTo(caller: string): boolean;
  leave(): void;
}

/** @returns `undefined` if the caller or the process has too many */
export function takePlace(cap: Cap, caller: string): Place | undefined {
  let leave = cap.enter(caller);
  return (
    leave && {
      moveTo(next) {
        const entered = leave && cap.enter(next);
        // Who has left meanwhile needs no place.
        if (!entered) return leave === undefined;
        leave?.();
        leave = entered;
        return true;
      },
      leave() {
        leave?.();
        leave = undefined;
      },
    }
  );
}
