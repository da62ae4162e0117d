import { setTimeout as sleep } from 'node:timers/promises';
import type { LegKind } from '../../contract/trip.js';
import { SupplierOutcomeUnknown, SupplierRefused, SupplierUnavailable } from '../supplier-errors.js';
import type { CallContext, Supplier } from '../supplier.port.js';
import { parseFaults, type Faults } from './faults.js';
import { createSandboxBook, type SandboxBook } from './sandbox-book.js';

const TITLES: Record<LegKind, string> = { CAR: 'Car', HOTEL: 'Hotel', FLIGHT: 'Flight' };

/** The tutorial's hotel is out on its first attempt. An id that says `down-…` says otherwise. */
const DOWN_BY_DEFAULT: Record<LegKind, number> = { CAR: 0, HOTEL: 1, FLIGHT: 0 };

export interface SandboxOptions {
  /** Milliseconds for what takes the tutorial a second, and for each second an id asks for. */
  readonly delayMs: number;
  readonly book?: SandboxBook;
}

/** A supplier that sells anything and fails as the offer's id says, so that every path of the saga can be tried. */
export function createSandboxSupplier({ delayMs, book = createSandboxBook() }: SandboxOptions): Supplier {
  const pause = async (seconds: number, { signal }: CallContext) => {
    try {
      await sleep(seconds * delayMs, undefined, { signal });
    } catch {
      throw new SupplierOutcomeUnknown('The call was given up before the supplier answered.');
    }
  };
  const duration = (leg: LegKind, faults: Faults) => faults.slowSeconds + (leg === 'HOTEL' ? 1 : 0);

  return {
    async reserve({ reservationKey, leg, offerId }, context) {
      const faults = parseFaults(offerId);
      const tries = book.countTry(`reserve ${reservationKey}`, context.attempt);
      await pause(duration(leg, faults), context);
      if (tries <= (faults.down ?? DOWN_BY_DEFAULT[leg])) {
        if (leg === 'HOTEL') await pause(1, context);
        throw new SupplierUnavailable(`${TITLES[leg]} service is down. Retrying...`);
      }
      if (faults.invalid) throw new SupplierRefused(`Invalid ${leg.toLowerCase()} booking, rolling back!`);
      book.hold(reservationKey, offerId);
    },

    async release({ reservationKey, leg, offerId }, context) {
      const faults = parseFaults(offerId);
      const tries = book.countTry(`release ${reservationKey}`, context.attempt);
      await pause(faults.slowSeconds, context);
      if (tries <= faults.undoDown) {
        throw new SupplierUnavailable(
          `${TITLES[leg]} service is down, its reservation can't be released now.`,
        );
      }
      book.release(reservationKey);
    },
  };
}
