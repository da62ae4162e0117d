import type { FailureCode } from '../../../src/model/failures.js';
import type { DrawnChoice, DrawnLeg, DrawnTrip, ReserveFault } from './draw.js';

/** How a trip ends that nothing hits from outside. */
export type Expected =
  | { readonly status: 'CONFIRMED'; readonly legs: readonly ExpectedLeg[] }
  /** Any of these legs may be the first to fail. */
  | { readonly status: 'CANCELLED'; readonly failures: readonly { leg: number; code: FailureCode }[] };

export interface ExpectedLeg {
  readonly state: 'BOOKED' | 'LEFT_OUT';
  /** Why each choice that was given up could not be had. */
  readonly tried: readonly FailureCode[];
}

const CODES: Partial<Record<ReserveFault, FailureCode>> = {
  refused: 'SUPPLIER_REFUSED',
  'sold-out': 'OFFER_SOLD_OUT',
  'unknown-offer': 'OFFER_UNKNOWN',
  unavailable: 'SUPPLIER_UNAVAILABLE',
  'lost-before': 'SUPPLIER_OUTCOME_UNKNOWN',
  'lost-after': 'SUPPLIER_OUTCOME_UNKNOWN',
  late: 'SUPPLIER_OUTCOME_UNKNOWN',
  'very-late': 'SUPPLIER_OUTCOME_UNKNOWN',
};
const FINAL: readonly ReserveFault[] = ['refused', 'sold-out', 'unknown-offer'];

/** A second statement of what the saga does, from the faults alone. `undefined` if that depends on when a late call arrives. */
export function expectedEnd({ legs, undoAttempts }: DrawnTrip): Expected | undefined {
  if (legs.some(({ choices }) => choices.some(isChancy))) return undefined;
  const ends = legs.map((leg) => endOf(leg, undoAttempts));
  const stages = [...new Set(legs.map(({ stage }) => stage))].sort((a, b) => a - b);
  for (const stage of stages) {
    const failures = ends.flatMap((end, leg) =>
      legs[leg]!.stage === stage && end.state === 'FAILED' ? [{ leg, code: end.code }] : [],
    );
    if (failures.length > 0) return { status: 'CANCELLED', failures };
  }
  return { status: 'CONFIRMED', legs: ends.filter((end) => end.state !== 'FAILED') };
}

/** Whether a refusal is drawn after a late call, which may have arrived before it. */
function isChancy({ reserve }: DrawnChoice): boolean {
  const late = reserve.indexOf('late');
  return late >= 0 && reserve.slice(late).some((fault) => FINAL.includes(fault));
}

type LegEnd = ExpectedLeg | { readonly state: 'FAILED'; readonly code: FailureCode };

function endOf({ choices, required, maxAttempts = Infinity }: DrawnLeg, undoAttempts: number): LegEnd {
  const tried: FailureCode[] = [];
  for (const [index, choice] of choices.entries()) {
    const failure = failureOf(choice, maxAttempts);
    if (!failure) return { state: 'BOOKED', tried };
    const { code, attempts } = failure;
    const isLast = index === choices.length - 1;
    if (isLast && required) return { state: 'FAILED', code };
    const isCertain = attempts === 1 && code !== 'SUPPLIER_OUTCOME_UNKNOWN';
    if (!isCertain && !canBeReleased(choice, undoAttempts)) return { state: 'FAILED', code };
    tried.push(code);
  }
  return { state: 'LEFT_OUT', tried };
}

function failureOf({ reserve }: DrawnChoice, maxAttempts: number) {
  let isHeld = false;
  for (let attempts = 1; ; attempts++) {
    const fault = reserve[attempts - 1] ?? 'fine';
    const code = CODES[fault];
    const isFinal = FINAL.includes(fault);
    if (!code || (isFinal && isHeld)) return undefined;
    if (fault === 'lost-after') isHeld = true;
    if (isFinal || attempts >= maxAttempts) return { code, attempts };
  }
}

function canBeReleased({ release }: DrawnChoice, undoAttempts: number): boolean {
  const first = Array.from({ length: undoAttempts }, (_, index) => release[index] ?? 'fine');
  return first.some((fault) => fault === 'fine' || fault === 'deaf');
}
