/** The suppliers that every worker has; any other name is a partner's. */
export const OUR_OWN: readonly string[] = ['inventory', 'sandbox'];

export function isPartner(supplier: string): boolean {
  return !OUR_OWN.includes(supplier);
}

/** Matches the words of an offer id that make the sandbox fail, each with its optional count: `hotel-down-2-undo-down-1`. */
export const FAULT_WORDS = /(?<![a-z])(undo-down|down|lost|hang|late|slow)(?:-(\d+))?(?![a-z\d])/gi;

/** Whether an offer id selects the sandbox: one of the tutorial's (`valid-car-id`, `invalid-…`), or one that names a fault. */
export function isSandboxId(offerId: string): boolean {
  if (/^valid-(car|hotel|flight)-id$/i.test(offerId) || /invalid/i.test(offerId)) return true;
  return offerId.search(FAULT_WORDS) >= 0;
}
