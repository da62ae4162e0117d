import { hasFault } from './faults.js';

/** Tells whether an offer id asks for the sandbox: the tutorial's (`valid-car-id`, `invalid-…`), or one that names a fault. */
export function isSandboxId(offerId: string): boolean {
  return /^(in)?valid-(car|hotel|flight)-id$/i.test(offerId) || hasFault(offerId);
}
