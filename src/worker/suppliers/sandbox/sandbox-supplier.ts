import { setTimeout as sleep } from 'node:timers/promises';
import { type LegKind, LEGS } from '../../../model/legs.js';
import {
  type CallContext,
  type Supplier,
  SupplierOutcomeUnknown,
  SupplierRefused,
  SupplierUnavailable,
} from '../supplier.port.js';
import { parseFaults } from './faults.js';

/** The tutorial's hotel is out on its first attempt. An id that says `down-…` says otherwise. */
const downByDefault = (kind: LegKind) => (kind === 'HOTEL' ? 1 : 0);

export interface SandboxOptions {
  /** Milliseconds for what takes the tutorial a second, and for each second an id asks for. */
  readonly delayMs: number;
  readonly book?: SandboxBook;
  /** How it waits. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** No timer is as short as no time at all. */
const inRealTime = async (ms: number, signal: AbortSignal) => {
  if (ms > 0) await sleep(ms, undefined, { signal });
};

/** A supplier that sells anything and fails as the offer's id says, so that every path of the saga can be tried. */
export function createSandboxSupplier({
  delayMs,
  book = createSandboxBook(),
  wait = inRealTime,
}: SandboxOptions): Supplier {
  const pause = async (seconds: number, { signal }: CallContext) => {
    try {
      await (seconds === Infinity ? aborted(signal) : wait(seconds * delayMs, signal));
    } catch {
      throw new SupplierOutcomeUnknown('The call was given up before the supplier answered.');
    }
  };

  /** What a supplier does with a request that its client has given up on. */
  const arriveLate = (key: string, offerId: string, seconds: number) => {
    const arrive = () => {
      try {
        book.hold(key, offerId);
      } catch {
        // Released meanwhile: the tombstone refuses it, and nobody waits for that answer any more.
      }
    };
    setTimeout(arrive, seconds * delayMs).unref();
  };

  return {
    async reserve({ reservationKey, kind, offerId }, context) {
      const faults = parseFaults(offerId);
      const tries = book.countTry(`reserve ${reservationKey}`, context.attempt);
      const isHotel = kind === 'HOTEL';
      await pause(faults.slowSeconds + (isHotel ? 1 : 0), context);
      if (tries <= (faults.down ?? downByDefault(kind))) {
        if (isHotel) await pause(1, context);
        throw new SupplierUnavailable(`${LEGS[kind].title} service is down. Retrying...`);
      }
      if (faults.invalid) throw new SupplierRefused(`Invalid ${kind.toLowerCase()} booking, rolling back!`);
      if (faults.lateSeconds !== undefined && tries === 1) {
        arriveLate(reservationKey, offerId, faults.lateSeconds);
        throw new SupplierOutcomeUnknown(`${LEGS[kind].title} service took too long to answer.`);
      }
      book.hold(reservationKey, offerId);
      if (tries <= faults.hang) await pause(Infinity, context);
      if (tries <= faults.lost)
        throw new SupplierOutcomeUnknown(`${LEGS[kind].title} service's answer was lost.`);
    },

    async release({ reservationKey, kind, offerId }, context) {
      const faults = parseFaults(offerId);
      const tries = book.countTry(`release ${reservationKey}`, context.attempt);
      await pause(faults.slowSeconds, context);
      if (tries <= faults.undoDown) {
        throw new SupplierUnavailable(
          `${LEGS[kind].title} service is down, its reservation can't be released now.`,
        );
      }
      book.release(reservationKey);
    },
  };
}

/** Never resolves; rejects when the call is given up. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(new Error('aborted'));
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });
}

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
