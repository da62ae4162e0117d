import type { Suppliers } from './supplier.port.js';
import { createSandboxSupplier } from './sandbox/sandbox-supplier.js';

export interface SuppliersConfig {
  /** Milliseconds that the sandbox takes where the tutorial's takes a second; 0 in tests. */
  readonly sandboxDelayMs: number;
}

/** All legs by one sandbox, which so can simulate every fault. */
export function createSuppliers(config: SuppliersConfig): Suppliers {
  const sandbox = createSandboxSupplier({ delayMs: config.sandboxDelayMs });
  return { CAR: sandbox, HOTEL: sandbox, FLIGHT: sandbox };
}
