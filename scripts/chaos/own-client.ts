import { Client } from 'pg';

/** A connection of the harness itself, which bypasses the lines. The server may be killed at any time. */
export function createOwnClient(databaseUrl: string): Client {
  const client = new Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5000,
    query_timeout: 20_000,
  });
  client.on('error', () => undefined);
  return client;
}
