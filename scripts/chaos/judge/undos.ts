import { reservationKey } from '../../../src/model/legs.js';
import type { Evidence, RecordRow } from '../evidence.js';
import type { Violations } from '../violations.js';
import { recordedLegs } from './holdings.js';

/** When a choice of a leg was first held and first released, by the suppliers' own books; milliseconds since 1970. */
interface ChoiceTimes {
  readonly legId: string;
  readonly stage: number;
  readonly held?: number | undefined;
  readonly released?: number | undefined;
  /** Whether the trip went on after this choice, so that its release was no part of a rollback. */
  readonly wasGivenUp: boolean;
  /** Whether the leg's undo was stuck, so that the other legs were undone before it. */
  readonly wasStuck: boolean;
}

/** The books are precise to the millisecond. */
const PRECISION_MS = 2;
const UNDO_ATTEMPTS = 5;

/**
 * Law 2: stages are undone in reverse order of their start, the legs of a stage together; but a stuck undo doesn't hold up the
 * others (law 6).
 */
export function undosInReverse(evidence: Evidence, violations: Violations): void {
  const timesOf = createTimes(evidence);
  for (const row of evidence.rows) {
    const choices = timesOf(row);
    for (const first of choices) {
      const { released } = first;
      if (released === undefined || first.wasGivenUp) continue;
      const late = choices.find(
        (later) =>
          later.stage > first.stage &&
          !later.wasStuck &&
          later.held !== undefined &&
          later.held < released &&
          (later.released ?? Infinity) > released + PRECISION_MS,
      );
      if (late)
        violations.add('undos in reverse order of start', row.id, `${first.legId} before ${late.legId}`);
    }
  }
}

/** A release leaves a tombstone: nothing is ever held under its key again, even if a request arrives late. */
export function nothingReservedAfterItsUndo(
  { ledger, reservations }: Evidence,
  violations: Violations,
): void {
  const released = new Set<string>();
  for (const { what, key } of ledger) {
    if (what === 'released') released.add(key);
    else if (what === 'held' && released.has(key))
      violations.add('nothing reserved after its undo', key.split('/')[0], key);
  }
  for (const { key, held_since: held, released_at: gone } of reservations) {
    if (held && gone && held > gone)
      violations.add('nothing reserved after its undo', key.split('/')[0], key);
  }
}

function createTimes({ ledger, reservations, failures }: Evidence): (row: RecordRow) => ChoiceTimes[] {
  const held = new Map<string, number>();
  const released = new Map<string, number>();
  const refused = new Set<string>();
  const first = (moments: Map<string, number>, key: string, at: number) => {
    if (!moments.has(key)) moments.set(key, at);
  };
  for (const { what, key, at } of ledger) {
    if (what === 'held') first(held, key, at);
    else if (what === 'released') first(released, key, at);
    else refused.add(key);
  }
  for (const { key, held_since: since, released_at: gone } of reservations) {
    if (since) first(held, key, since.getTime());
    if (gone) first(released, key, gone.getTime());
  }
  const tries = new Map<string, number>();
  for (const { booking_id: id, leg_id: leg, action } of failures) {
    if (action === 'release') tries.set(`${id}/${leg}`, (tries.get(`${id}/${leg}`) ?? 0) + 1);
  }
  return (row) =>
    recordedLegs(row).flatMap((leg) => {
      const { id: legId, stage, tried } = leg;
      const keys = leg.choices.map((_, choice) => reservationKey(row.id, legId, choice));
      const recordedStuck = row.facts?.events.some(
        (event) => event.legId === legId && event.state === 'UNDO_FAILED',
      );
      const wasStuck =
        recordedStuck === true ||
        keys.some((key) => refused.has(key)) ||
        (tries.get(`${row.id}/${legId}`) ?? 0) >= UNDO_ATTEMPTS;
      return keys.map((key, choice) => ({
        legId,
        stage,
        held: held.get(key),
        released: released.get(key),
        wasGivenUp: choice < tried.length,
        wasStuck,
      }));
    });
}
