/** The supplier said no. Certain and final: never retried. */
export class SupplierRefused extends Error {
  override readonly name = 'SupplierRefused';
}

/** The supplier can't be asked now. Certain that nothing happened: retried. */
export class SupplierUnavailable extends Error {
  override readonly name = 'SupplierUnavailable';
}

/** Nobody knows whether it happened (timeout, lost reply): retried under the same key, undone if the trip fails. */
export class SupplierOutcomeUnknown extends Error {
  override readonly name = 'SupplierOutcomeUnknown';
}
