import type { Client } from '@temporalio/client';
import type { Evidence } from './evidence.js';
import {
  attentionNamesWhatIsHeld,
  cancelledHoldsNothing,
  confirmationsAreTheSuppliers,
  confirmedHoldsEachLegOnce,
  confirmedHoldsNothingElse,
  nothingIsHeldForNobody,
  stockAddsUp,
} from './judge/holdings.js';
import { readingsMoveOnward } from './judge/onward.js';
import {
  acceptedIsThere,
  everyBookingIsSomebodys,
  everythingEnds,
  listsAreWhole,
  noCancelIsLost,
} from './judge/telling.js';
import { historiesReplay, temporalAgrees } from './judge/temporal.js';
import { nothingReservedAfterItsUndo, undosInReverse } from './judge/undos.js';
import type { Violations } from './violations.js';

type Check = (evidence: Evidence, violations: Violations) => void;

/** Checks from outside, once the system has settled. A new promise is one line here. */
const CHECKS: readonly Check[] = [
  acceptedIsThere,
  everythingEnds,
  confirmedHoldsEachLegOnce,
  confirmedHoldsNothingElse,
  confirmationsAreTheSuppliers,
  cancelledHoldsNothing,
  attentionNamesWhatIsHeld,
  nothingIsHeldForNobody,
  stockAddsUp,
  noCancelIsLost,
  readingsMoveOnward,
  undosInReverse,
  nothingReservedAfterItsUndo,
  listsAreWhole,
  everyBookingIsSomebodys,
];

/** @returns the number of histories replayed */
export async function judge(evidence: Evidence, client: Client, violations: Violations): Promise<number> {
  for (const check of CHECKS) check(evidence, violations);
  await temporalAgrees(evidence, client, violations);
  return historiesReplay(client, violations);
}
