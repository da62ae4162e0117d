import { type BookingLeg, legsOf, noFacts } from '../../../src/model/booking.js';
import { reservationKey } from '../../../src/model/legs.js';
import type { Evidence, RecordRow } from '../evidence.js';
import type { Violations } from '../violations.js';

interface Held {
  readonly supplier: string;
  readonly offerId: string;
  readonly quantity: number;
  /** The supplier's own reference. */
  readonly confirmation?: string | undefined;
}

/** What the suppliers hold, by our reservation keys. */
export type Holdings = ReadonlyMap<string, readonly Held[]>;

export function holdingsOf({ ledger, reservations }: Pick<Evidence, 'ledger' | 'reservations'>): Holdings {
  const held = new Map<string, Held[]>();
  const hold = (key: string, one: Held) => held.set(key, [...(held.get(key) ?? []), one]);
  for (const { what, key, offerId = '', quantity = 0, reference: confirmation } of ledger) {
    if (what === 'held') hold(key, { supplier: 'acme', offerId, quantity, confirmation });
    if (what === 'released') held.delete(key);
  }
  for (const {
    key,
    offer_id: offerId,
    quantity,
    locator,
    held_since: since,
    released_at: gone,
  } of reservations) {
    if (since && !gone) {
      const confirmation = locator ?? undefined;
      hold(key, { supplier: 'inventory', offerId: offerId ?? '', quantity, confirmation });
    }
  }
  return held;
}

interface JudgedChoice {
  readonly leg: BookingLeg;
  readonly choice: number;
  readonly key: string;
  readonly held: readonly Held[];
  /** For messages: `hotel-2, choice 1`. */
  readonly name: string;
}

export const recordedLegs = ({ order, facts }: RecordRow) =>
  legsOf({ order, facts: facts ?? noFacts(order) });

/** Every choice of every leg of a booking, with what is held of it. */
function choicesOf(row: RecordRow, holdings: Holdings): JudgedChoice[] {
  return recordedLegs(row).flatMap((leg) =>
    leg.choices.map((_, choice) => {
      const key = reservationKey(row.id, leg.id, choice);
      return { leg, choice, key, held: holdings.get(key) ?? [], name: `${leg.id}, choice ${choice}` };
    }),
  );
}

const inWords = ({ quantity, offerId, supplier }: Omit<Held, 'confirmation'>) =>
  `${quantity} of ${offerId} at ${supplier}`;

/** A confirmed trip holds each leg once: its current choice, in its quantity, at the supplier that the order names. */
export function confirmedHoldsEachLegOnce({ rows, ...evidence }: Evidence, violations: Violations): void {
  const holdings = holdingsOf(evidence);
  for (const row of rows) {
    if (row.shown_status !== 'CONFIRMED') continue;
    const broken = (detail: string) => violations.add('CONFIRMED holds each leg once', row.id, detail);
    for (const { leg, choice, held, name } of choicesOf(row, holdings)) {
      if (leg.choice !== choice || leg.state === 'LEFT_OUT') continue;
      const found = held.map(inWords).join();
      const expected = inWords({ ...leg.choices[choice]!, quantity: leg.quantity });
      if (found !== expected) broken(`${name}: ${found || 'nothing'}, not ${expected}`);
    }
    for (const { id, state, required } of recordedLegs(row))
      if (state !== 'BOOKED' && (required || state !== 'LEFT_OUT')) broken(`${id} is ${state}`);
  }
}

/** Law 13: nothing is held of the other choices, nor of a leg that was left out. */
export function confirmedHoldsNothingElse({ rows, ...evidence }: Evidence, violations: Violations): void {
  const holdings = holdingsOf(evidence);
  for (const row of rows) {
    if (row.shown_status !== 'CONFIRMED') continue;
    for (const { leg, choice, held, name } of choicesOf(row, holdings)) {
      if (held.length > 0 && (leg.choice !== choice || leg.state === 'LEFT_OUT'))
        violations.add('CONFIRMED holds nothing else', row.id, `${name}: ${held.map(inWords).join()}`);
    }
  }
}

/** However often its answer was lost, the record has the reference under which the supplier holds the leg. */
export function confirmationsAreTheSuppliers({ rows, ...evidence }: Evidence, violations: Violations): void {
  const holdings = holdingsOf(evidence);
  for (const row of rows) {
    if (row.shown_status !== 'CONFIRMED') continue;
    for (const { leg, choice, held, name } of choicesOf(row, holdings)) {
      const recorded = leg.holding?.confirmation;
      const [first] = held;
      if (leg.choice === choice && first && recorded !== first.confirmation)
        violations.add(
          "confirmations are the suppliers'",
          row.id,
          `${name}: ${String(recorded)}, not ${String(first.confirmation)}`,
        );
    }
  }
}

export function cancelledHoldsNothing({ rows, ...evidence }: Evidence, violations: Violations): void {
  const holdings = holdingsOf(evidence);
  for (const row of rows) {
    if (row.status !== 'CANCELLED') continue;
    for (const { held, name } of choicesOf(row, holdings)) {
      if (held.length > 0)
        violations.add('CANCELLED holds nothing', row.id, `${name}: ${held.map(inWords).join()}`);
    }
  }
}

/** For a booking that needs attention, only what its record marks as doubtful is held. */
export function attentionNamesWhatIsHeld({ rows, ...evidence }: Evidence, violations: Violations): void {
  const holdings = holdingsOf(evidence);
  for (const row of rows) {
    if (row.shown_status !== 'NEEDS_ATTENTION') continue;
    for (const { leg, choice, held, name } of choicesOf(row, holdings)) {
      const { state, tried } = leg;
      const isCurrent = choice === tried.length;
      const isOpen = state === 'UNDO_FAILED' || (!row.undoing && state === 'FAILED');
      const doubted = isOpen && (isCurrent || tried[choice]?.mayBeHeld === true);
      if (!doubted && held.length > 0)
        violations.add(
          'NEEDS_ATTENTION marks what is held',
          row.id,
          `${name} is held, but recorded as ${state}`,
        );
    }
  }
}

/** No supplier holds anything for a booking that doesn't exist. */
export function nothingIsHeldForNobody({ rows, ...evidence }: Evidence, violations: Violations): void {
  const holdings = holdingsOf(evidence);
  const known = new Set(rows.flatMap((row) => choicesOf(row, holdings).map(({ key }) => key)));
  for (const key of holdings.keys()) {
    if (!known.has(key)) violations.add('no stray reservations', key.split('/')[0], key);
  }
}

/** The reserved count of each of our own offers equals the units of its reservations. */
export function stockAddsUp({ offers, reservations }: Evidence, violations: Violations): void {
  for (const { id, reserved } of offers) {
    const held = reservations
      .filter((one) => one.offer_id === id && one.held_since && !one.released_at)
      .reduce((sum, { quantity }) => sum + quantity, 0);
    if (held !== reserved)
      violations.add('stock adds up', undefined, `${id}: ${reserved} counted, ${held} held`);
  }
}
