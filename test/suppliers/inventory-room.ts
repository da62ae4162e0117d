import { randomUUID } from 'node:crypto';
import { offers } from '../../src/database/tables.js';
import { createInventorySupplier } from '../../src/worker/suppliers/inventory/inventory-supplier.js';
import type { Supplier } from '../../src/worker/suppliers/supplier.port.js';
import type { LegKind } from '../../src/model/legs.js';
import { anOffer } from '../support/offers.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/** The inventory on its own database, with direct access to its tables. */
export interface InventoryRoom extends TestDatabase {
  readonly supplier: Supplier;
  /** Puts an offer on sale. @returns its id */
  addOffer(kind: LegKind, capacity: number): Promise<string>;
  /** How many reservations are held under the key, according to the table of reservations. */
  held(reservationKey: string): Promise<number>;
  /** Units of the offer sold: by its counter, and by the reservations that hold it. */
  sold(offerId: string): Promise<{ counted: number; held: number }>;
}

export async function openInventory(poolSize?: number): Promise<InventoryRoom> {
  const database = await createTestDatabase(poolSize);
  const { pool } = database;
  const count = async (sql: string, value: string) => {
    const { rows } = await pool.query<{ n: number }>(sql, [value]);
    return rows[0]?.n ?? NaN;
  };
  const HELD = 'held_since is not null and released_at is null';
  return {
    ...database,
    supplier: createInventorySupplier(pool),
    async addOffer(kind, capacity) {
      const id = `${kind.toLowerCase()}-${randomUUID()}`;
      await database.drizzle.insert(offers).values(anOffer({ id, kind, capacity }));
      return id;
    },
    held: (key) => count(`select count(*)::int as n from reservations where key = $1 and ${HELD}`, key),
    sold: async (offerId) => ({
      counted: await count('select reserved as n from offers where id = $1', offerId),
      held: await count(
        `select coalesce(sum(quantity), 0)::int as n from reservations where offer_id = $1 and ${HELD}`,
        offerId,
      ),
    }),
  };
}
