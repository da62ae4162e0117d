import type { OrderedLeg } from '../../../src/model/legs.js';
import type { Evidence, RecordRow } from '../evidence.js';
import type { Violations } from '../violations.js';

/** What the suppliers hold, by our reservation keys. */
export type Holdings = ReadonlyMap<
  string,
  readonly { readonly supplier: string; readonly offerId: string }[]
>;

export function holdingsOf({ ledger, reservations }: Pick<Evidence, 'ledger' | 'reservations'>): Holdings {
  const held = new Map<string, { supplier: string; offerId: string }[]>();
  for (const { what, key, offerId = '' } of ledger) {
    if (what === 'held') held.set(key, [...(held.get(key) ?? []), { supplier: 'acme', offerId }]);
    if (what === 'released') held.delete(key);
  }
  for (const { key, offer_id: offerId, held_since: since, released_at: released } of reservations) {
    if (since && !released)
      held.set(key, [...(held.get(key) ?? []), { supplier: 'inventory', offerId: offerId ?? '' }]);
  }
  return held;
}

const keyOf = ({ id }: RecordRow, leg: OrderedLeg) => `${id}/${leg.id}`;

/** A confirmed trip holds each leg once, at the supplier that the order names. */
export function confirmedHoldsEachLegOnce({ rows, ...evidence }: Evidence, violations: Violations): void {
  const held = holdingsOf(evidence);
  for (const row of rows) {
    if (row.shown_status !== 'CONFIRMED') continue;
    for (const leg of row.order.legs) {
      const found = (held.get(keyOf(row, leg)) ?? []).map(
        ({ supplier, offerId }) => `${offerId} at ${supplier}`,
      );
      const expected = `${leg.offerId} at ${leg.supplier}`;
      if (found.join() !== expected)
        violations.add(
          'CONFIRMED holds each leg once',
          row.id,
          `${leg.id}: ${found.join() || 'nothing'}, not ${expected}`,
        );
    }
  }
}

export function cancelledHoldsNothing({ rows, ...evidence }: Evidence, violations: Violations): void {
  const held = holdingsOf(evidence);
  for (const row of rows) {
    if (row.status !== 'CANCELLED') continue;
    for (const leg of row.order.legs) {
      const found = held.get(keyOf(row, leg)) ?? [];
      if (found.length > 0)
        violations.add('CANCELLED holds nothing', row.id, `${leg.id} is held: ${JSON.stringify(found)}`);
    }
  }
}

/** For a booking that needs attention, only legs are held that its record marks as doubtful. */
export function attentionNamesWhatIsHeld({ rows, ...evidence }: Evidence, violations: Violations): void {
  const held = holdingsOf(evidence);
  for (const row of rows) {
    if (row.shown_status !== 'NEEDS_ATTENTION') continue;
    for (const leg of row.order.legs) {
      const state = row.facts?.legs.find(({ id }) => id === leg.id)?.state;
      const doubted = state === 'UNDO_FAILED' || (!row.undoing && state === 'FAILED');
      if (!doubted && held.has(keyOf(row, leg)))
        violations.add(
          'NEEDS_ATTENTION marks what is held',
          row.id,
          `${leg.id} is held, but recorded as ${state}`,
        );
    }
  }
}

/** No supplier holds anything for a booking that doesn't exist. */
export function nothingIsHeldForNobody({ rows, ...evidence }: Evidence, violations: Violations): void {
  const known = new Set(rows.flatMap((row) => row.order.legs.map((leg) => keyOf(row, leg))));
  for (const key of holdingsOf(evidence).keys()) {
    if (!known.has(key)) violations.add('no stray reservations', key.split('/')[0], key);
  }
}

/** The reserved count of each of our own offers equals its number of reservations. */
export function stockAddsUp({ offers, reservations }: Evidence, violations: Violations): void {
  for (const { id, reserved } of offers) {
    const held = reservations.filter(
      (one) => one.offer_id === id && one.held_since && !one.released_at,
    ).length;
    if (held !== reserved)
      violations.add('stock adds up', undefined, `${id}: ${reserved} counted, ${held} held`);
  }
}
