import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LegKind, LEGS } from '../../../model/legs.js';
import {
  type CallContext,
  type Supplier,
  SupplierOutcomeUnknown,
  SupplierRefused,
  SupplierUnavailable,
} from '../supplier.port.js';
import { parseFaults } from '../../../model/sandbox-faults.js';

/** The tutorial's hotel is down on its first attempt. An id with `down-…` overrides that. */
const downByDefault = (kind: LegKind) => (kind === 'HOTEL' ? 1 : 0);

export interface SandboxOptions {
  /** Milliseconds per second of the tutorial's delays and of the delays in ids. */
  readonly delayMs: number;
  readonly book?: SandboxBook;
  /** Waits; replaced in tests. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Skips the timer for 0 ms, because even the shortest timer takes time. */
const inRealTime = async (ms: number, signal: AbortSignal) => {
  if (ms > 0) await sleep(ms, undefined, { signal });
};

/** A supplier that sells any offer and fails as the offer's id says, so that every path of the saga can be tried. */
export function createSandboxSupplier({
  delayMs,
  book = createSandboxBook(),
  wait = inRealTime,
}: SandboxOptions): Supplier {
  const pause = async (seconds: number, { signal }: CallContext) => {
    try {
      await (seconds === Infinity ? aborted(signal) : wait(seconds * delayMs, signal));
    } catch {
      throw new SupplierOutcomeUnknown('The call was abandoned before the supplier answered.');
    }
  };

  /** Simulates a request that takes effect after its client has given up on it. */
  const arriveLate = (key: string, offerId: string, seconds: number) => {
    const arrive = () => {
      try {
        book.hold(key, offerId);
      } catch {
        // Released meanwhile: the tombstone refuses the reservation, and no caller waits for the answer.
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
      return { confirmation: confirmationOf(reservationKey) };
    },

    async release({ reservationKey, kind, offerId }, context) {
      const faults = parseFaults(offerId);
      const tries = book.countTry(`release ${reservationKey}`, context.attempt);
      await pause(faults.slowSeconds, context);
      if (tries <= faults.undoDown) {
        throw new SupplierUnavailable(
          `${LEGS[kind].title} service is down; its reservation can't be released yet.`,
        );
      }
      book.release(reservationKey);
    },
  };
}

/** The same for the same key, in whichever process, so that a repeated call returns what a lost answer said. */
function confirmationOf(reservationKey: string): string {
  return createHash('sha256').update(reservationKey).digest('hex').slice(0, 8).toUpperCase();
}

/** Never resolves; rejects when the call is abandoned. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(new Error('aborted'));
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });
}

/** The sandbox's in-memory state: what it holds, what was released, and how often each step was tried. */
export interface SandboxBook {
  /** @throws SupplierRefused if the key was released before (law 5's tombstone) */
  hold(key: string, offerId: string): void;
  release(key: string): void;
  holds(key: string): boolean;
  heldKeys(): string[];
  /** Counts one more attempt of a step. Temporal's count is used if it is higher, because it survives a restart. */
  countTry(step: string, attempt: number): number;
}

export function createSandboxBook(): SandboxBook {
  const held = new Map<string, string>();
  const tombstones = new Set<string>();
  const tries = new Map<string, number>();
  return {
    hold(key, offerId) {
      if (tombstones.has(key)) throw new SupplierRefused(`${key} was released and cannot be reserved again.`);
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
