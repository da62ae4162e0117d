import type { Evidence } from '../evidence.js';
import { idOfKey } from '../trips.js';
import type { Violations } from '../violations.js';

/** Every accepted booking has a record, and both APIs return its status. */
export function acceptedIsThere({ observed, rows, shown }: Evidence, violations: Violations): void {
  const records = new Map(rows.map((row) => [row.id, row]));
  for (const id of new Set([...observed.accepted.keys(), ...observed.readings.keys(), ...records.keys()])) {
    const record = records.get(id);
    if (!record) {
      violations.add('no accepted booking is missing', id, 'it has no record');
      continue;
    }
    for (const [api, bookings] of shown.entries()) {
      const booking = bookings.get(id);
      if (!booking)
        violations.add('no accepted booking is missing', id, `api-${api + 1} returned ${String(booking)}`);
      else if (booking.status !== record.shown_status)
        violations.add(
          'readers, lists and record agree',
          id,
          `api-${api + 1}: ${booking.status}, record: ${record.shown_status}`,
        );
    }
  }
}

/** Every booking ends, or waits for an operator who leaves it on purpose. */
export function everythingEnds({ rows, isLeft }: Evidence, violations: Violations): void {
  for (const { id, shown_status: status, done } of rows) {
    if (!done && !(status === 'NEEDS_ATTENTION' && isLeft(id)))
      violations.add('every booking ends', id, `still ${status}`);
  }
}

/** A booking whose call-off was acknowledged is cancelled or being undone. */
export function noCancelIsLost({ rows, observed }: Evidence, violations: Violations): void {
  for (const { id, status, called_off: calledOff } of rows) {
    if (!observed.calledOff.has(id)) continue;
    if (status !== 'CANCELLED' && !(calledOff && status === 'NEEDS_ATTENTION'))
      violations.add('no acknowledged cancel is lost', id, `it is ${status}`);
  }
}

/** The list has each booking once, newest first, with the status of its record. */
export function listsAreWhole({ rows, lists }: Evidence, violations: Violations): void {
  const expected = rows.map(({ id, shown_status: status }) => `${id} ${status}`);
  for (const [api, list] of lists.entries()) {
    const found = list.map(({ id, status }) => `${id} ${status}`);
    const wrong = expected.findIndex((line, index) => line !== found[index]);
    if (wrong >= 0 || found.length !== expected.length) {
      const detail = `api-${api + 1}, line ${wrong}: ${found[wrong]}, not ${expected[wrong]} (${found.length} of ${expected.length})`;
      violations.add('readers, lists and record agree', rows[wrong]?.id, detail);
    }
  }
}

/**
 * A traveller with a key has at most one booking, under the key's id; one without a key has at most as many as requests were
 * sent. A traveller who got no answer may have one or none.
 */
export function everyBookingIsSomebodys({ plans, rows, observed }: Evidence, violations: Violations): void {
  const byName = new Map(plans.map((plan) => [plan.name, plan]));
  const counts = new Map<string, number>();
  for (const { id, name } of rows) {
    const plan = byName.get(name);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (!plan) violations.add('one key, one booking', id, `no traveller requested it: ${name}`);
    else if (plan.key !== undefined && id !== idOfKey(plan.key))
      violations.add('one key, one booking', id, `${name} has another key`);
  }
  for (const [name, count] of counts) {
    const most = byName.get(name)?.key === undefined ? (observed.keyless.get(name) ?? 0) : 1;
    if (count > most) violations.add('one key, one booking', undefined, `${name} has ${count} bookings`);
  }
}
