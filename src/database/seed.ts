import type { Queries } from './connection-pool.js';
import { orUnavailable } from './errors.js';
import { SEED_STAYS } from './seed-offers.js';

/** Existing offers stay as they are, including the number sold. */
const INSERT = `
  insert into offers (id, kind, title, place, starts_on, ends_on, price, currency, capacity)
  select id, kind, title, place, starts_on, ends_on, price, currency, capacity
  from json_populate_recordset(null::offers, $1)`;

/** Adds the catalogue to the database. Safe to repeat. @returns how many offers were added */
export function seedOffers(pool: Queries): Promise<number> {
  return insert(pool, `${INSERT} on conflict (id) do nothing`);
}

/**
 * Seeds a database that has no offers yet. If two processes start at once, the second one's insert waits for the first
 * one's, and then finds the rows.
 * @returns whether this call seeded it
 */
export async function seedIfEmpty(pool: Queries): Promise<boolean> {
  const seeded = await insert(
    pool,
    `${INSERT} where not exists (select from offers) on conflict (id) do nothing`,
  );
  return seeded > 0;
}

async function insert(pool: Queries, sql: string): Promise<number> {
  const rows = SEED_STAYS.flatMap(({ place, startsOn, endsOn, currency, offers }) =>
    offers.map(([id, title, price, capacity]) => ({
      id,
      kind: id.split('-')[0]?.toUpperCase(),
      title,
      place,
      starts_on: startsOn,
      ends_on: endsOn,
      price,
      currency,
      capacity,
    })),
  );
  const { rowCount } = await orUnavailable(() => pool.query(sql, [JSON.stringify(rows)]));
  return rowCount ?? 0;
}
