import { readFileSync, existsSync } from 'node:fs';
import { FAULT_NAMES } from './director.js';
import type { RecordRow } from './evidence.js';
import { PARTNER_FAULTS } from './partner-faults.js';
import type { Violation } from './violations.js';

/** The partner's own faults. */
const BY_PARTNER = [
  ...Object.entries(PARTNER_FAULTS).flatMap(([method, faults]) =>
    Object.keys(faults).map((fault) => `partner: ${method} ${fault}`),
  ),
  'partner: undo refused',
];

/** What travellers and operators do besides booking. */
const CALLERS = [
  'cancel',
  'repeat',
  'other trip under the same key',
  'operator cancels',
  'operator: resume',
  'operator: retry',
  'operator: settle',
];

/** What becomes of trips with alternatives and optional legs. */
const LEGS = ['a leg with a choice given up', 'a leg left out'] as const;

export interface Tally {
  count(kind: string): void;
  counts(): ReadonlyMap<string, number>;
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  return { count: (kind) => void counts.set(kind, (counts.get(kind) ?? 0) + 1), counts: () => counts };
}

/** The partner runs in another process and records its faults in a file. */
export function addPartnerFaults(tally: Tally, file: string): void {
  if (!existsSync(file)) return;
  for (const line of readFileSync(file, 'utf8').split('\n')) if (line) tally.count(line);
}

export function addLegs(tally: Tally, rows: readonly RecordRow[]): void {
  const [givenUp, leftOut] = LEGS;
  for (const { state, tried } of rows.flatMap(({ facts }) => facts?.legs ?? [])) {
    if (tried.length > 0) tally.count(givenUp);
    if (state === 'LEFT_OUT') tally.count(leftOut);
  }
}

/** Kinds of faults that never occurred, about which the run proves nothing. */
export function neverInjected(tally: Tally): string[] {
  return [...FAULT_NAMES, ...BY_PARTNER, ...CALLERS, ...LEGS].filter((kind) => !tally.counts().has(kind));
}

export function printTable(title: string, counts: ReadonlyMap<string, number>): void {
  console.log(`\n${title}`);
  const width = Math.max(...[...counts.keys()].map((kind) => kind.length));
  for (const [kind, count] of [...counts].sort(([a], [b]) => a.localeCompare(b)))
    console.log(`  ${kind.padEnd(width)}  ${String(count).padStart(6)}`);
}

/** Counts outcomes such as `CANCELLED: OFFER_SOLD_OUT`. */
export function outcomes(rows: readonly RecordRow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { shown_status: status, facts } of rows) {
    const why = status === 'CONFIRMED' ? undefined : facts?.failure?.code;
    const outcome = why === undefined ? status : `${status}: ${why}`;
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}

const SHOWN_OF_A_KIND = 12;

export function printViolations(violations: readonly Violation[]): void {
  const kinds = new Map<string, Violation[]>();
  for (const violation of violations)
    kinds.set(violation.what, [...(kinds.get(violation.what) ?? []), violation]);
  for (const [what, found] of kinds) {
    console.log(`\nBROKEN: ${what} (${found.length})`);
    for (const { id, detail } of found.slice(0, SHOWN_OF_A_KIND))
      console.log(`  ${id ?? '-'}: ${detail.slice(0, 600)}`);
    if (found.length > SHOWN_OF_A_KIND) console.log(`  … and ${found.length - SHOWN_OF_A_KIND} more`);
  }
}

/** Prints the number of the first booking that breaks a promise. */
export function printFirst(
  violations: readonly Violation[],
  rows: readonly RecordRow[],
  names: readonly string[],
): void {
  const nameOf = new Map(rows.map(({ id, name }) => [id, name]));
  const numbers = violations.map(({ id }) => names.indexOf(nameOf.get(id ?? '') ?? '') + 1).filter(Boolean);
  if (numbers.length > 0) console.log(`\nfirst violation at booking number ${Math.min(...numbers)}`);
}
