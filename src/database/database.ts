import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import * as schema from './tables.js';

export type Drizzle = NodePgDatabase<typeof schema>;

export interface DatabaseConfig {
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  /** Milliseconds to wait for a connection, new or from the pool. */
  readonly connectTimeoutMs: number;
  /** Milliseconds that one statement may take. */
  readonly statementTimeoutMs: number;
}

export interface Database {
  readonly drizzle: Drizzle;
  readonly pool: Pool;
  close(): Promise<void>;
}

/** Connections to the database, made when first needed and again after an outage. `onIdleError` hears of lost ones. */
export function createDatabase(
  config: DatabaseConfig,
  onIdleError: (error: Error) => void = () => undefined,
): Database {
  const pool = new Pool({
    connectionString: config.url,
    max: config.poolSize,
    connectionTimeoutMillis: config.connectTimeoutMs,
    statement_timeout: config.statementTimeoutMs,
    // The server may be gone without a word; then only this ends the wait for an answer.
    query_timeout: config.statementTimeoutMs + 1000,
    idleTimeoutMillis: 30_000,
    application_name: 'tripsaga',
  });
  // Without a listener, an idle connection that breaks would end the process.
  pool.on('error', onIdleError);
  return { drizzle: drizzle(pool, { schema }), pool, close: () => pool.end() };
}
