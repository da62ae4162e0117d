import {
  Pool,
  type ClientBase,
  type PoolClient,
  type QueryConfig,
  type QueryResult,
  type QueryResultRow,
} from 'pg';
import { DatabaseBusy, DatabaseUnavailable } from '../model/service-unavailable.js';
import { CannotConnect, isRolledBack } from './errors.js';
import { createOutage, type OutageReport } from './outage.js';

export interface DatabaseConfig {
  readonly url: string;
  /** PostgreSQL's own address, if `url` points to a pooler such as pgbouncer. */
  readonly directUrl?: string | undefined;
  /** Maximum number of connections. */
  readonly poolSize: number;
  /** Milliseconds to wait for a connection, new or from the pool. */
  readonly connectTimeoutMs: number;
  /** Milliseconds that one statement may take. */
  readonly statementTimeoutMs: number;
}

/**
 * PostgreSQL parses a statement with a name only once per connection: those that every trip sends have one. Such a statement must
 * name the columns it returns, because once a migration has added one, `*` fails on every open connection.
 */
export type Statement = string | QueryConfig;

export interface Queries {
  /**
   * Sends one statement, in its own transaction.
   * @throws DatabaseUnavailable or DatabaseBusy if there was no connection, so nothing was sent
   */
  query<Row extends QueryResultRow>(
    statement: Statement,
    values?: readonly unknown[],
  ): Promise<QueryResult<Row>>;
}

export interface Connection extends Queries {
  /** Whether it broke or timed out. It is then unknown whether its last statement took effect. */
  readonly lost: boolean;
  /** Returns it to the pool. A lost one is discarded because an old statement's reply may still arrive on it. */
  release(): void;
}

export interface ConnectionPool extends Queries {
  /** For several statements. @throws DatabaseUnavailable, DatabaseBusy */
  connect(): Promise<Connection>;
  close(): Promise<void>;
}

/** Settings that our statements rely on. They override those of the server, the database, the role and the URL's `options`. */
const REQUIRED = [
  "DateStyle = 'ISO'",
  'search_path = public',
  // The statement timeout also limits waits for locks.
  'lock_timeout = 0',
];

/** Sent once per connection, for a session that is ours while the connection lasts. */
const SESSION = [...REQUIRED, "default_transaction_isolation = 'read committed'"]
  .map((setting) => `set ${setting}`)
  .join('; ');

/** Behind a pooler, a session is ours for one transaction only, and the next client must find none of our settings. */
const begin = (statementTimeoutMs: number) =>
  [
    'begin isolation level read committed',
    ...[...REQUIRED, `statement_timeout = ${statementTimeoutMs}`].map((setting) => `set local ${setting}`),
  ].join('; ');

/** Behind a pooler, the next statement may be sent to a session that knows no such name. */
const unnamed = (statement: Statement): Statement =>
  typeof statement === 'string' ? statement : { ...statement, name: '' };

const POOL_IS_FULL = 'timeout exceeded when trying to connect';

/** Connections to the database, opened when first needed and reopened after an outage. */
export function createConnectionPool(config: DatabaseConfig, report?: OutageReport): ConnectionPool {
  const { url, directUrl, poolSize, connectTimeoutMs, statementTimeoutMs } = config;
  const isPooled = directUrl !== undefined;
  const outage = createOutage(report);
  const ownSession = {
    // A pooler refuses this parameter. That reveals one if DATABASE_DIRECT_URL isn't set.
    statement_timeout: statementTimeoutMs,
    /** The pool waits for this before it hands out the connection. */
    async onConnect(client: ClientBase): Promise<void> {
      await client.query(SESSION);
      outage.end();
    },
  };
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    // If the server disappears without closing the connection, only this ends the wait for a reply.
    query_timeout: statementTimeoutMs + 1000,
    idleTimeoutMillis: 30_000,
    application_name: 'tripsaga',
    ...(!isPooled && ownSession),
  });
  // A broken idle connection is harmless: the next use opens another. Without a listener it would end the process.
  pool.on('error', () => undefined);

  function unavailable(error: unknown): unknown {
    // Use after close is a bug, not an outage.
    if (pool.ending) return error;
    // A pool whose connections are all in use is not an outage either.
    if (error instanceof Error && error.message === POOL_IS_FULL) return new DatabaseBusy({ cause: error });
    const cause = new CannotConnect(error, isPooled);
    outage.begin(cause);
    return new DatabaseUnavailable({ cause });
  }

  const BEGIN = begin(statementTimeoutMs);
  async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
    try {
      await client.query(BEGIN);
      outage.end();
    } catch (error) {
      // A pooler doesn't connect to PostgreSQL before this.
      throw unavailable(error);
    }
    try {
      const result = await work();
      await client.query('commit');
      return result;
    } catch (error) {
      if (isRolledBack(error)) await client.query('rollback');
      throw error;
    }
  }

  async function getClient(): Promise<PoolClient> {
    try {
      // `pg` may throw an invalid URL synchronously.
      return await pool.connect();
    } catch (error) {
      throw unavailable(error);
    }
  }

  async function connect(): Promise<Connection> {
    const client = await getClient();
    let lost = false;
    // A statement under way fails too, but without a listener the error event would end the process.
    const onError = () => (lost = true);
    client.on('error', onError);
    return {
      get lost() {
        return lost;
      },
      async query<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[] = []) {
        const send = () => client.query<Row>(isPooled ? unnamed(statement) : statement, [...values]);
        try {
          return await (isPooled ? inTransaction(client, send) : send());
        } catch (error) {
          lost ||= !isRolledBack(error);
          throw error;
        }
      },
      release() {
        client.off('error', onError);
        client.release(lost);
      },
    };
  }

  return {
    connect,
    async query(statement, values) {
      const connection = await connect();
      try {
        return await connection.query(statement, values);
      } finally {
        connection.release();
      }
    },
    close: () => pool.end(),
  };
}
