import type { ConnectionPool } from '../../database/connection-pool.js';
import { createInventorySupplier } from './inventory/inventory-supplier.js';
import { createPartnerSupplier } from './partner/partner-supplier.js';
import { createSandboxSupplier } from './sandbox/sandbox-supplier.js';
import { SupplierNotConfigured } from './supplier-errors.js';
import type { FindSupplier, Supplier } from './supplier.port.js';

export interface PartnerConfig {
  /** As orders name it. */
  readonly name: string;
  readonly url: string;
  /** Its bearer token. */
  readonly token?: string | undefined;
}

export interface SuppliersConfig {
  readonly partners: readonly PartnerConfig[];
  /** Milliseconds that a partner may take to answer. */
  readonly timeoutMs: number;
  /** Milliseconds that the sandbox takes where the tutorial takes a second; 0 in tests. */
  readonly sandboxDelayMs: number;
}

/**
 * Every supplier that an order may name. Which one serves a leg was decided when the trip was accepted, and holds for its
 * release too, whatever the settings say by then (law 10).
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
