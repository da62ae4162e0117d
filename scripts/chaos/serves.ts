import { connect } from 'node:net';
import { Connection } from '@temporalio/client';
import { fetchOnce } from './fetch-once.js';
import { createOwnClient } from './own-client.js';

/** Whether a PostgreSQL server accepts statements. */
export async function databaseAnswers(url: string): Promise<boolean> {
  const client = createOwnClient(url);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Whether a Temporal server has its namespace. */
export async function temporalAnswers(address: string): Promise<boolean> {
  const connection = Connection.lazy({
    address,
    interceptors: [],
    // Otherwise the backoff of earlier connections to the same address would apply here.
    channelArgs: { 'grpc.use_local_subchannel_pool': 1, 'grpc.enable_http_proxy': 0 },
  });
  try {
    await connection.withDeadline(Date.now() + 1000, () =>
      connection.workflowService.describeNamespace({ namespace: 'default' }),
    );
    return true;
  } finally {
    await connection.close();
  }
}

/** Whether a port accepts connections. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

export async function apiAnswers(port: number): Promise<boolean> {
  const url = `http://127.0.0.1:${port}/graphql?query=%7B__typename%7D`;
  return (await fetchOnce(url, { headers: { 'apollo-require-preflight': 'yes' } }, 1000)).ok;
}
