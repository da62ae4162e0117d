import type { ConnectionPool } from '../../database/connection-pool.js';
import { createInventorySupplier } from './inventory/inventory-supplier.js';
import { createPartnerSupplier } from './partner/partner-supplier.js';
import { createSandboxSupplier } from './sandbox/sandbox-supplier.js';
import { type FindSupplier, type Supplier, SupplierNotConfigured } from './supplier.port.js';

export interface PartnerConfig {
  /** The name that orders use. */
  readonly name: string;
  readonly url: string;
  /** The bearer token. */
  readonly token?: string | undefined;
}

export interface SuppliersConfig {
  readonly partners: readonly PartnerConfig[];
  /** Timeout of a call to a partner, in milliseconds. */
  readonly timeoutMs: number;
  /** Milliseconds the sandbox takes for each second of the tutorial; 0 in tests. */
  readonly sandboxDelayMs: number;
}

/**
 * Every supplier that an order may name. Which one serves a leg was fixed when the trip was accepted, and applies to its
 * release too, whatever the settings are by then (law 10).
 */
export function createSuppliers(
  config: SuppliersConfig,
  pool: Pick<ConnectionPool, 'connect'>,
): FindSupplier {
  const { partners, timeoutMs, sandboxDelayMs } = config;
  const suppliers = new Map<string, Supplier>([
    ...partners.map(({ name, url, token }): [string, Supplier] => [
      name,
      createPartnerSupplier({ baseUrl: url, timeoutMs, token }),
    ]),
    ['inventory', createInventorySupplier(pool)],
    ['sandbox', createSandboxSupplier({ delayMs: sandboxDelayMs })],
  ]);
  return (name) => {
    const supplier = suppliers.get(name);
    if (!supplier) throw new SupplierNotConfigured(name);
    return supplier;
  };
}
