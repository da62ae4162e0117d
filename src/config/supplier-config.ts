import { z } from 'zod';
import { milliseconds } from './fields.js';

const supplier = z
  .string()
  .refine((value) => ['inventory', 'sandbox'].includes(value) || /^https?:$/.test(protocolOf(value)), {
    error: 'must be inventory, sandbox, or the http(s) address of a partner',
  })
  .default('inventory');

function protocolOf(value: string): string {
  return URL.canParse(value) ? new URL(value).protocol : '';
}

export const supplierFields = {
  SUPPLIER_CAR: supplier,
  SUPPLIER_HOTEL: supplier,
  SUPPLIER_FLIGHT: supplier,
  /** Sent to partners as a bearer token. */
  SUPPLIER_CAR_TOKEN: z.string().optional(),
  SUPPLIER_HOTEL_TOKEN: z.string().optional(),
  SUPPLIER_FLIGHT_TOKEN: z.string().optional(),
  /** How long a partner may take to answer; less than the ten seconds of an attempt. */
  SUPPLIER_TIMEOUT_MS: milliseconds(8000, 9500),
  /** Whether ids that ask for the sandbox (the tutorial's, and those with faults) get it, whoever serves the leg. */
  SANDBOX_IDS: z.enum(['on', 'off'], { error: 'must be on or off' }).optional(),
  /** What the sandbox supplier takes where the tutorial takes a second. */
  SANDBOX_DELAY_MS: milliseconds(1000, 60_000),
};

type Given = z.infer<z.ZodObject<typeof supplierFields>> & { readonly NODE_ENV?: string | undefined };

/** What `createSuppliers` takes, from what was read. In production the sandbox has to be asked for. */
export function toSuppliersConfig(given: Given) {
  const leg = (kind: 'CAR' | 'HOTEL' | 'FLIGHT') => ({
    source: given[`SUPPLIER_${kind}`],
    token: given[`SUPPLIER_${kind}_TOKEN`],
  });
  return {
    legs: { CAR: leg('CAR'), HOTEL: leg('HOTEL'), FLIGHT: leg('FLIGHT') },
    timeoutMs: given.SUPPLIER_TIMEOUT_MS,
    sandboxIds: (given.SANDBOX_IDS ?? (given.NODE_ENV === 'production' ? 'off' : 'on')) === 'on',
    sandboxDelayMs: given.SANDBOX_DELAY_MS,
  };
}
