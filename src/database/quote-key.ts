import { randomBytes } from 'node:crypto';
import type { Queries } from './connection-pool.js';
import { orUnavailable } from './errors.js';

const MAKE = `insert into quote_key (key) values ($1) on conflict do nothing`;
const READ = `select key from quote_key`;

/**
 * The key by which quotes are signed: the same for every process of the API, and as long as the database. The first caller
 * ever makes it. Deleting the row makes every quote invalid, and so the next caller make another key.
 * @throws DatabaseUnavailable
 */
export async function readQuoteKey(pool: Queries): Promise<Uint8Array> {
  const read = async () => (await pool.query<{ readonly key: string }>(READ)).rows[0]?.key;
  return orUnavailable(async () => {
    let key = await read();
    while (key === undefined) {
      await pool.query(MAKE, [randomBytes(32).toString('hex')]);
      key = await read();
    }
    return Buffer.from(key, 'hex');
  });
}
