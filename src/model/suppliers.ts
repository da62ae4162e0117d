/** Suppliers that every worker has; any other name is a partner's. */
export const OUR_OWN: readonly string[] = ['inventory', 'sandbox'];

export function isPartner(supplier: string): boolean {
  return !OUR_OWN.includes(supplier);
}
