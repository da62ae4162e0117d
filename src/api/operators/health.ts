import type { Attempts } from '../../database/attempts.js';
import type { OpenBookings } from '../../database/open-bookings.js';
import type { Wishes } from '../../database/wishes.js';
import { type BookingRecord, legsOf, type StepState } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { FailedAttempt, LegAttempts } from '../../model/timeline.js';
import type { CountWorkers } from '../../temporal/worker-count.js';
import type { Health, ServiceHealth, SupplierHealth } from './health.type.js';

/** How the system is. Answers whatever is down: that is what it is asked for. */
export type CheckHealth = () => Promise<Health>;

export interface HealthParts {
  readonly wishes: Pick<Wishes, 'list'>;
  readonly attempts: Pick<Attempts, 'of'>;
  readonly countOpenBookings: () => Promise<OpenBookings[]>;
  readonly countWorkers: CountWorkers;
}

/** Bookings looked at for the suppliers. */
const LOOKED_AT = 100;

export function createCheckHealth({
  wishes,
  attempts,
  countOpenBookings,
  countWorkers,
}: HealthParts): CheckHealth {
  async function suppliers(): Promise<SupplierHealth[]> {
    const { records } = await wishes.list(
      {
        first: LOOKED_AT,
        sort: 'OLDEST_FIRST',
        filter: { statuses: ['BOOKING', 'ROLLING_BACK', 'NEEDS_ATTENTION'] },
      },
      // The list of bookings reports those that can't be read.
      () => undefined,
    );
    const failed = await attempts.of(records.map(({ id }) => id));
    return bySupplier(records.flatMap((record) => failingLegs(record, failed.get(record.id) ?? [])));
  }

  return async () => {
    const [database, temporal] = await Promise.all([
      check(() => Promise.all([countOpenBookings(), suppliers()])),
      check(countWorkers),
    ]);
    const [bookings = null, found = null] = database.answer ?? [];
    return {
      database: database.health,
      temporal: temporal.health,
      workers: temporal.answer ?? null,
      suppliers: found,
      bookings,
    };
  };
}

async function check<T>(
  ask: () => Promise<T>,
): Promise<{ readonly health: ServiceHealth; readonly answer?: T }> {
  try {
    return { answer: await ask(), health: { up: true } };
  } catch (error) {
    if (!(error instanceof ServiceUnavailable)) throw error;
    return { health: { up: false, message: error.message } };
  }
}

interface FailingLeg {
  readonly supplier: string;
  readonly latest: FailedAttempt;
}

/** States in which nothing more is asked of a supplier. */
const AT_REST: readonly StepState[] = ['BOOKED', 'UNDONE', 'SKIPPED', 'LEFT_OUT'];

/** The record of a booking in progress doesn't say which leg is being tried, but its attempts do. */
function failingLegs(record: BookingRecord, attempts: readonly LegAttempts[]): FailingLeg[] {
  return legsOf(record).flatMap(({ id, state, supplier }) => {
    const latest = attempts
      .find(({ legId }) => legId === id)
      ?.latest.toSorted(byTime)
      .at(-1);
    return latest && !AT_REST.includes(state) ? { supplier, latest } : [];
  });
}

function bySupplier(legs: readonly FailingLeg[]): SupplierHealth[] {
  return [...new Set(legs.map(({ supplier }) => supplier))].sort().map((name) => {
    const its = legs.filter(({ supplier }) => supplier === name).map(({ latest }) => latest);
    const { message, at } = its.toSorted(byTime).at(-1)!;
    return { name, failingLegs: its.length, latestError: message, latestAt: new Date(at) };
  });
}

const byTime = (a: FailedAttempt, b: FailedAttempt) => a.at.localeCompare(b.at);
