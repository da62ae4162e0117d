import {
  Pool,
  type ClientBase,
  type PoolClient,
  type QueryConfig,
  type QueryResult,
  type QueryResultRow,
} from 'pg';
import { DatabaseUnavailable } from '../model/service-unavailable.js';
import { CannotConnect, isRolledBack } from './errors.js';
import { createOutage, type OutageReport } from './outage.js';

export interface DatabaseConfig {
  readonly url: string;
  /** PostgreSQL's own address, where `url` leads through a pooler such as pgbouncer. */
  readonly directUrl?: string | undefined;
  /** Connections at most. */
  readonly poolSize: number;
  /** Milliseconds to wait for a connection, new or from the pool. */
  readonly connectTimeoutMs: number;
  /** Milliseconds that one statement may take. */
  readonly statementTimeoutMs: number;
}

export interface Queries {
  /**
   * Sends one statement, which is a transaction of its own.
   * @throws DatabaseUnavailable where there was no connection: then nothing was sent
   */
  query<Row extends QueryResultRow>(
    statement: string | QueryConfig,
    values?: readonly unknown[],
  ): Promise<QueryResult<Row>>;
}

export interface Connection extends Queries {
  /** Whether it broke, or gave no answer: then nobody knows whether its last statement took effect. */
  readonly lost: boolean;
  /** Gives it back; one that is lost is thrown away, for the answer to an old statement may yet come over it. */
  release(): void;
}

export interface ConnectionPool extends Queries {
  /** For several statements. @throws DatabaseUnavailable */
  connect(): Promise<Connection>;
  close(): Promise<void>;
}

/** What our statements rely on, whatever the server, the database, the role or the URL's `options` say. */
const RELIED_ON = [
  "DateStyle = 'ISO'",
  'search_path = public',
  // How long to wait for a lock is what the statement's time-out says.
  'lock_timeout = 0',
];

/** Once a connection, for a session that is ours as long as it lasts. */
const SESSION = [...RELIED_ON, "default_transaction_isolation = 'read committed'"]
  .map((setting) => `set ${setting}`)
  .join('; ');

/** Behind a pooler a session is ours for one transaction, and whoever gets it next must find nothing of ours. */
const begin = (statementTimeoutMs: number) =>
  [
    'begin isolation level read committed',
    ...[...RELIED_ON, `statement_timeout = ${statementTimeoutMs}`].map((setting) => `set local ${setting}`),
  ].join('; ');

const POOL_IS_FULL = 'timeout exceeded when trying to connect';

/** Connections to the database, made when first needed and again after an outage. */
export function createConnectionPool(config: DatabaseConfig, report?: OutageReport): ConnectionPool {
  const { url, directUrl, poolSize, connectTimeoutMs, statementTimeoutMs } = config;
  const isPooled = directUrl !== undefined;
  const outage = createOutage(report);
  const ownSession = {
    // A pooler that nobody told us of refuses this parameter, and that is how it is noticed.
    statement_timeout: statementTimeoutMs,
    /** Nobody gets the connection before this is done. */
    async onConnect(client: ClientBase): Promise<void> {
      await client.query(SESSION);
      outage.end();
    },
  };
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    // The server may be gone without a word; then only this ends the wait for an answer.
    query_timeout: statementTimeoutMs + 1000,
    idleTimeoutMillis: 30_000,
    application_name: 'tripsaga',
    ...(!isPooled && ownSession),
  });
  // An idle connection that breaks costs nothing: the next use makes another. Without a listener it would end the process.
  pool.on('error', () => undefined);

  function unavailable(error: unknown): unknown {
    // Used after it was closed: a bug, and no outage.
    if (pool.ending) return error;
    // Nor is it one that all connections are in use.
    if (error instanceof Error && error.message === POOL_IS_FULL)
      return new DatabaseUnavailable({ cause: error });
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
      // Only now does a pooler connect to PostgreSQL.
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
      // (What it can't make sense of in the URL it throws at once.)
      return await pool.connect();
    } catch (error) {
      throw unavailable(error);
    }
  }

  async function connect(): Promise<Connection> {
    const client = await getClient();
    let lost = false;
    // A statement under way fails as well. But an error event that nobody hears ends the process.
    const onError = () => (lost = true);
    client.on('error', onError);
    return {
      get lost() {
        return lost;
      },
      async query<Row extends QueryResultRow>(
        statement: string | QueryConfig,
        values: readonly unknown[] = [],
      ) {
        const send = () => client.query<Row>(statement, [...values]);
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
