import type { Pool } from 'pg';
import type { LegKind } from '../../model/trip.js';
import { createHttpSupplier } from './partner/partner-supplier.js';
import { createInventorySupplier } from './inventory/inventory-supplier.js';
import { createSandboxSupplier } from './sandbox/sandbox-supplier.js';
import { isSandboxId } from './sandbox/sandbox-ids.js';
import type { Supplier, Suppliers } from './supplier.port.js';

export interface LegSupplierConfig {
  /** `inventory`, `sandbox`, or a partner's address. */
  readonly source: string;
  /** The partner's bearer token. */
  readonly token: string | undefined;
}

export interface SuppliersConfig {
  readonly legs: Readonly<Record<LegKind, LegSupplierConfig>>;
  /** Milliseconds that a partner may take to answer. */
  readonly timeoutMs: number;
  /** Whether ids that ask for the sandbox get it, whoever serves the leg. */
  readonly sandboxIds: boolean;
  /** Milliseconds that the sandbox takes where the tutorial takes a second; 0 in tests. */
  readonly sandboxDelayMs: number;
}

/** The supplier of each leg, as configured. */
export function createSuppliers(config: SuppliersConfig, pool: Pool): Suppliers {
  const sandbox = createSandboxSupplier({ delayMs: config.sandboxDelayMs });
  const inventory = createInventorySupplier(pool);

  const supplierOf = ({ source, token }: LegSupplierConfig): Supplier => {
    if (source === 'sandbox') return sandbox;
    if (source === 'inventory') return inventory;
    const { timeoutMs } = config;
    return createHttpSupplier({ baseUrl: source, timeoutMs, ...(token !== undefined && { token }) });
  };
  const leg = (kind: LegKind): Supplier => {
    const supplier = supplierOf(config.legs[kind]);
    return config.sandboxIds ? unlessSandboxId(supplier, sandbox) : supplier;
  };
  return { CAR: leg('CAR'), HOTEL: leg('HOTEL'), FLIGHT: leg('FLIGHT') };
}

/** An offer's id doesn't change between reserve and release, so both go to the same supplier. */
function unlessSandboxId(supplier: Supplier, sandbox: Supplier): Supplier {
  const chosen = (offerId: string) => (isSandboxId(offerId) ? sandbox : supplier);
  return {
    reserve: (request, context) => chosen(request.offerId).reserve(request, context),
    release: (request, context) => chosen(request.offerId).release(request, context),
  };
}
