/** Suppliers that every worker has; any other name is a partner's. */
export const OUR_OWN: readonly string[] = ['inventory', 'sandbox'];

export function isPartner(supplier: string): boolean {
  return !OUR_OWN.includes(supplier);
}

/** Words of an offer id that ask the sandbox for a fault: `hotel-down-2-undo-down-1`. Each with its count, if any. */
export const FAULT_WORDS = /(?<![a-z])(undo-down|down|lost|hang|late|slow)(?:-(\d+))?(?![a-z\d])/gi;

/** Tells whether an offer id asks for the sandbox: the tutorial's (`valid-car-id`, `invalid-…`), or one that names a fault. */
export function isSandboxId(offerId: string): boolean {
  if (/^valid-(car|hotel|flight)-id$/i.test(offerId) || /invalid/i.test(offerId)) return true;
  return offerId.search(FAULT_WORDS) >= 0;
}
