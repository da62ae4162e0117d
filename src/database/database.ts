import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool } from 'pg';
import { createConnectionPool, type ConnectionPool, type DatabaseConfig } from './connection-pool.js';
import type { OutageReport } from './outage.js';
import * as schema from './tables.js';

export type Drizzle = NodePgDatabase<typeof schema>;

export interface Database {
  readonly drizzle: Drizzle;
  readonly pool: ConnectionPool;
  close(): Promise<void>;
}

export function createDatabase(config: DatabaseConfig, report?: OutageReport): Database {
  const pool = createConnectionPool(config, report);
  // drizzle uses only the pool's `query`.
  return { drizzle: drizzle({ client: pool as unknown as Pool, schema }), pool, close: () => pool.close() };
}
