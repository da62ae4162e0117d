import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { migrateDatabase } from '../../src/database/migrate.js';
import { freePort } from './free-port.js';
import { startPostgresServer } from '../../src/dev/postgres-server.js';
import { startTemporalServer } from '../../src/dev/temporal-server.js';
import { makeDataFolder } from './data-folder.js';
import { findTemporal } from './find-temporal.js';
import { OUR_SEARCH_ATTRIBUTES } from './search-attributes.js';

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string;
    /** The `temporal` program, for operators' commands. */
    temporalProgram: string;
    workflowBundle: string;
    /** Where each test file creates its own database. */
    postgresUrl: string;
    /** A database that our programs share, like the processes of one installation. */
    databaseUrl: string;
  }
}

/** The server deletes a run after both queues have acknowledged it, which by default happens only every 30 seconds. */
const DELETES_AT_ONCE = {
  'history.transferProcessorUpdateAckInterval': '"200ms"',
  'history.visibilityProcessorUpdateAckInterval': '"200ms"',
};

/**
 * One real Temporal server, one PostgreSQL and one workflow bundle for the whole run. Each test file has its own task
 * queue and database.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const program = await findTemporal((line) => console.log(line));
  const server = await startTemporalServer({
    program,
    port: await freePort(),
    searchAttributes: OUR_SEARCH_ATTRIBUTES,
    dynamicConfig: DELETES_AT_ONCE,
    startTimeoutMs: 60_000,
  });
  const folder = await makeDataFolder('test');
  const postgres = await startPostgresServer({
    port: await freePort(),
    dataDir: join(folder, 'postgres'),
    database: 'tripsaga_template',
    startTimeoutMs: 60_000,
  });
  await migrateDatabase(postgres.url);
  const workflowBundle = join(folder, 'workflow-bundle.js');
  const workflowsPath = fileURLToPath(new URL('../../src/saga/index.ts', import.meta.url));
  const { code } = await bundleWorkflowCode({ workflowsPath, preloadModules: [workflowsPath] });
  await writeFile(workflowBundle, code);

  // Tests that look for a Temporal program, as `npm start` does, find this one and download none.
  process.env['TEMPORAL_CLI_PATH'] = program;
  project.provide('temporalAddress', server.address);
  project.provide('temporalProgram', program);
  const { host } = new URL(postgres.url);
  await setUpServer(postgres.url, join(folder, 'postgres'));
  const urlOf = (database: string) => `postgres://postgres:postgres@${host}/${database}`;
  const postgresUrl = urlOf('postgres');
  await createSharedDatabase(postgresUrl);
  project.provide('postgresUrl', postgresUrl);
  project.provide('databaseUrl', urlOf('tripsaga'));
  project.provide('workflowBundle', workflowBundle);
  return async () => {
    await server.stop();
    await postgres.stop();
    await rm(folder, { recursive: true });
  };
}

/**
 * Unlike the database of `npm start`, it requires passwords, because some tests use wrong ones. Nothing has to survive a power
 * cut, so no test waits for a busy disk.
 */
async function setUpServer(url: string, dataDir: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("alter role postgres password 'postgres'");
  await client.query('alter system set fsync = off');
  await writeFile(join(dataDir, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
  await client.query('select pg_reload_conf()');
  await client.end();
}

async function createSharedDatabase(postgresUrl: string): Promise<void> {
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query('create database tripsaga template tripsaga_template');
  await client.end();
}
