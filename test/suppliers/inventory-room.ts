import { randomUUID } from 'node:crypto';
import { createInventorySupplier } from '../../src/worker/suppliers/inventory/inventory-supplier.js';
import type { Supplier } from '../../src/worker/suppliers/supplier.port.js';
import type { LegKind } from '../../src/model/legs.js';
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
  const held = (column: 'key' | 'offer_id', value: string) =>
    count(
      `select count(*)::int as n from reservations where ${column} = $1 and held_since is not null and released_at is null`,
      value,
    );
  return {
    ...database,
    supplier: createInventorySupplier(pool),
    async addOffer(kind, capacity) {
      const id = `${kind.toLowerCase()}-${randomUUID()}`;
      await pool.query(
        `insert into offers (id, kind, title, place, starts_on, ends_on, price, currency, capacity)
         values ($1, $2, 'Title', 'Place', '2027-05-03', '2027-05-10', 100, 'EUR', $3)`,
        [id, kind, capacity],
      );
      return id;
    },
    held: (key) => held('key', key),
    sold: async (offerId) => ({
      counted: await count('select reserved as n from offers where id = $1', offerId),
      held: await held('offer_id', offerId),
    }),
  };
}
