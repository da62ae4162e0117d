import { Context } from '@temporalio/activity';
import { isBehind, type BookingRecord } from '../../../src/model/booking.js';
import { reservationKey, type LegAction } from '../../../src/model/legs.js';
import type { BookingOrder } from '../../../src/model/order.js';
import {
  OfferSoldOut,
  OfferUnknown,
  SupplierOutcomeUnknown,
  SupplierRefused,
  SupplierUnavailable,
  type CallContext,
  type Supplier,
  type SupplierRequest,
} from '../../../src/worker/suppliers/supplier.port.js';
import { createGate, type Gate } from '../../support/gate.js';
import { createBooks, type Books } from './books.js';
import type { DrawnTrip, ReleaseFault, ReserveFault } from './draw.js';

/** A call to a supplier, as the supplier sees it. */
export interface Call extends SupplierRequest {
  readonly action: LegAction;
  readonly supplier: string;
  /** Index of the choice that the reservation key stands for. */
  readonly choice: number;
  readonly runId: string;
  /** Identifies the activity, whose attempts have the same. */
  readonly step: string;
  readonly fault: string;
  /** Whether the rollback was recorded when the call started. */
  readonly inRollback: boolean;
  end?: 'done' | 'failed';
}

export interface World {
  readonly order: BookingOrder;
  readonly drawn: DrawnTrip;
  readonly books: Books;
  /** In the order of their start. */
  readonly calls: readonly Call[];
  /** What was seen to break a law. */
  readonly violations: string[];
  readonly supplier: (name: string) => Supplier;
  /** The record as the worker last knew it. */
  record(): BookingRecord | undefined;
  saw(record: BookingRecord): void;
  /** Lets the call go that has been held up longest. @returns whether there was one */
  letGo(): boolean;
  /** Milliseconds since a call started or ended, or the record changed. */
  quietMs(): number;
  /** Once the trip has ended, no call is held up or hit by an event. */
  isOver(): void;
}

export interface Witness {
  starts(call: Call, world: World): void;
}

/** Shortest delay: a test waits for outcomes, not for back-off. */
const SOON = { retryAfterMs: 1 };
const LATE_CALLS = 2;

/**
 * Everything outside the saga as far as one trip is concerned: its suppliers with their faults, and its record as last seen.
 * @param hit runs before and after the effect of each call; it may make something happen to the trip
 */
export function createWorld(
  id: string,
  order: BookingOrder,
  drawn: DrawnTrip,
  witness: Witness,
  hit: (when: 'before' | 'after', nth: number) => Promise<void>,
): World {
  const books = createBooks();
  const calls: Call[] = [];
  const heldUp: Gate[] = [];
  let record: BookingRecord | undefined;
  let moved = performance.now();
  let over = false;
  const move = () => void (moved = performance.now());

  async function holdUp(signal?: AbortSignal): Promise<void> {
    if (over) return;
    const gate = createGate();
    heldUp.push(gate);
    const passed = gate.pass();
    if (!signal) return passed;
    await Promise.race([
      passed,
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(new SupplierOutcomeUnknown('abandoned'))),
      ),
    ]);
  }

  async function reserve(
    supplier: string,
    fault: ReserveFault,
    request: SupplierRequest,
    signal: AbortSignal,
  ) {
    switch (fault) {
      case 'refused':
      case 'sold-out':
      case 'unknown-offer': {
        // What is held is confirmed again (law 5).
        const [held] = books.of(request.reservationKey);
        if (held) break;
        if (fault === 'sold-out') throw new OfferSoldOut(fault);
        if (fault === 'unknown-offer') throw new OfferUnknown(fault);
        throw new SupplierRefused(fault);
      }
      case 'unavailable':
        throw new SupplierUnavailable(fault, SOON);
      case 'lost-before':
        throw new SupplierOutcomeUnknown(fault, SOON);
      case 'lost-after':
        books.reserve(supplier, request);
        throw new SupplierOutcomeUnknown(fault, SOON);
      case 'late':
        books.reserveLate(supplier, request, LATE_CALLS);
        throw new SupplierOutcomeUnknown(fault, SOON);
      case 'very-late':
        books.reserveLate(supplier, request);
        throw new SupplierOutcomeUnknown(fault, SOON);
      case 'deaf':
        await holdUp();
        break;
      case 'hangs': {
        const holding = books.reserve(supplier, request);
        await holdUp(signal);
        return holding;
      }
      case 'fine':
    }
    return books.reserve(supplier, request);
  }

  async function release(supplier: string, fault: ReleaseFault, { reservationKey: key }: SupplierRequest) {
    if (fault === 'unavailable') throw new SupplierUnavailable(fault, SOON);
    if (fault === 'lost-before') throw new SupplierOutcomeUnknown(fault, SOON);
    if (fault === 'deaf') await holdUp();
    books.release(supplier, key);
    if (fault === 'lost-after') throw new SupplierOutcomeUnknown(fault, SOON);
  }

  function begin(action: LegAction, supplier: string, request: SupplierRequest): Call {
    const { reservationKey: key, legId } = request;
    const choices = drawn.legs[order.legs.findIndex((leg) => leg.id === legId)]?.choices ?? [];
    const choice = choices.findIndex((_, index) => reservationKey(id, legId, index) === key);
    const before = calls.filter((call) => call.action === action && call.reservationKey === key).length;
    const { workflowExecution, activityId } = Context.current().info;
    const runId = workflowExecution?.runId ?? '';
    const call: Call = {
      ...request,
      action,
      supplier,
      choice,
      runId,
      step: `${runId} ${activityId}`,
      fault: choices[choice]?.[action][before] ?? 'fine',
      inRollback: record?.undoing ?? false,
    };
    books.callStarts();
    witness.starts(call, world);
    calls.push(call);
    return call;
  }

  async function during<T>(call: Call, work: () => Promise<T>): Promise<T> {
    const nth = calls.indexOf(call) + 1;
    move();
    try {
      if (!over) await hit('before', nth);
      const result = await work();
      if (!over) await hit('after', nth);
      call.end = 'done';
      return result;
    } catch (error) {
      if (!over) await hit('after', nth);
      call.end = 'failed';
      throw error;
    } finally {
      move();
    }
  }

  const world: World = {
    order,
    drawn,
    books,
    calls,
    violations: [],
    supplier: (name) => ({
      reserve(request: SupplierRequest, { signal }: CallContext) {
        const call = begin('reserve', name, request);
        return during(call, () => reserve(name, call.fault as ReserveFault, request, signal));
      },
      release(request: SupplierRequest) {
        const call = begin('release', name, request);
        return during(call, () => release(name, call.fault as ReleaseFault, request));
      },
    }),
    record: () => record,
    saw(seen) {
      if (record && !isBehind(record, seen)) return;
      record = seen;
      move();
    },
    letGo() {
      const first = heldUp.shift();
      first?.letGo();
      return first !== undefined;
    },
    quietMs: () => performance.now() - moved,
    isOver() {
      over = true;
      while (this.letGo());
    },
  };
  return world;
}
