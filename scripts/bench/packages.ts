import { createDatabase } from '../../src/database/database.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { createPackageCatalogue } from '../../src/database/packages.js';
import { inTurn, ms, oneAtATime } from './measure.js';
import type { BenchRoom } from './room.js';
import { stockOffers } from './records.js';

/** Pages per measurement. */
const PAGES = 200;

/** A stock in a database of its own. The offers are spread over the places evenly. */
interface Stock {
  readonly offers: number;
  readonly places: number;
}

/** Pages of packages in a large stock, relative to a small one; then in places that have more offers each. */
export async function measurePackages(room: BenchRoom): Promise<void> {
  const small = await openStock(room, { offers: 10_000, places: 100 });
  const large = await openStock(room, { offers: 1_000_000, places: 10_000 });
  const denser = await openStock(room, { offers: 100_000, places: 100 });
  const densest = await openStock(room, { offers: 100_000, places: 10 });
  const found = await inTurn({
    small: small.page,
    large: large.page,
    denser: denser.page,
    densest: densest.page,
  });
  const against = (value: number) => `${ms(value)}, ratio ${(value / found.small).toFixed(2)}`;
  console.log(`10,000 offers, 100 in a place       ${ms(found.small)}`);
  console.log(`1,000,000 offers, 100 in a place    ${against(found.large)}`);
  console.log(`100,000 offers, 1,000 in a place    ${against(found.denser)}`);
  console.log(`100,000 offers, 10,000 in a place  ${against(found.densest)}`);
  for (const stock of [small, large, denser, densest]) await stock.close();
}

async function openStock({ database, databaseUrl }: BenchRoom, { offers, places }: Stock) {
  const name = `stock_${offers}_${places}`;
  await database.pool.query(`create database ${name}`);
  const url = new URL(databaseUrl);
  url.pathname = name;
  await migrateDatabase(url.href);
  const own = createDatabase({
    url: url.href,
    poolSize: 1,
    connectTimeoutMs: 10_000,
    statementTimeoutMs: 900_000,
  });
  await stockOffers(own, offers, places);
  const catalogue = createPackageCatalogue(own.drizzle);
  let turn = 0;
  const list = () =>
    catalogue.list({ place: `place ${(turn += 7) % places}`, period: {}, travellers: 2, first: 20 });
  await oneAtATime(list, PAGES);
  return {
    page: () => oneAtATime(list, PAGES),
    async close() {
      await own.close();
      await database.pool.query(`drop database ${name}`);
    },
  };
}
