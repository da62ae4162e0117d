import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../test/support/free-port.js';
import { Client } from 'pg';
import { migrateDatabase } from '../../src/database/migrate.js';
import { ensureSearchAttributes } from '../../src/temporal/search-attributes.js';
import { LEG_KINDS } from '../../src/model/legs.js';
import { surroundings } from '../../test/support/surroundings.js';
import { createActor, type Actor, type Part } from './actor.js';
import { openDatabaseLine, type DatabaseLine } from './database-line.js';
import { catalogue } from './offers.js';
import { apiAnswers, databaseAnswers, listens, temporalAnswers } from './serves.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DATABASE = 'chaos';

/** One of our programs, with its own line to the database. */
export interface Program {
  readonly actor: Actor;
  readonly line: DatabaseLine;
}

export interface ApiProgram extends Program {
  readonly port: number;
}

/** Every process of an installation, and its address. */
export interface Cast {
  readonly actors: readonly Actor[];
  readonly apis: readonly [ApiProgram, ApiProgram];
  readonly workers: readonly Program[];
  /** Bypasses the lines. */
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly partnerUrl: string;
  /** Makes the partner accept the releases that it refused so far. */
  repairPartner(): Promise<void>;
}

export interface CastOptions {
  readonly folder: string;
  readonly temporalProgram: string;
  readonly seed: string;
  /** Capacity of each scarce offer. */
  readonly scarce: number;
}

/** One API books all legs with the partner, whose ledger then shows a trip's complete order; the other mostly our own stock. */
const SUPPLIERS = [
  Object.fromEntries(LEG_KINDS.map((kind) => [`SUPPLIER_${kind}`, 'acme'])),
  { SUPPLIER_HOTEL: 'acme' },
] as const;

/** Starts everything, on ports and in folders that stay the same across restarts. */
export async function startCast({ folder, temporalProgram, seed, scarce }: CastOptions): Promise<Cast> {
  const ports = new Set<number>();
  while (ports.size < 9) ports.add(await freePort());
  const [postgresPort, temporalPort, partnerPort, api1, api2, ...linePorts] = [...ports] as [
    number,
    number,
    number,
    number,
    number,
    ...number[],
  ];
  const urlAt = (port: number, database = DATABASE) =>
    `postgres://postgres:postgres@127.0.0.1:${port}/${database}`;
  const databaseUrl = urlAt(postgresPort);
  const temporalAddress = `127.0.0.1:${temporalPort}`;
  const partnerUrl = `http://127.0.0.1:${partnerPort}`;
  await mkdir(join(folder, 'logs'), { recursive: true });

  const part = (name: string, rest: Omit<Part, 'name' | 'log' | 'env'>, env: NodeJS.ProcessEnv = {}) =>
    createActor({
      name,
      log: join(folder, 'logs', `${name}.log`),
      env: { ...surroundings(), ...env },
      ...rest,
    });

  const postgres = part('postgres', {
    role: 'postgres',
    command: [
      ...([
        process.execPath,
        '--import',
        'tsx',
        fileURLToPath(new URL('postgres.ts', import.meta.url)),
      ] as const),
      ...[join(folder, 'postgres'), String(postgresPort)],
    ],
    serves: () => databaseAnswers(urlAt(postgresPort, 'postgres')),
  });
  const temporal = part('temporal', {
    role: 'temporal',
    command: [
      temporalProgram,
      ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(temporalPort)],
      ...['--log-level', 'error', '--db-filename', join(folder, 'temporal.db')],
      ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'],
      ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000'],
    ],
    serves: () => temporalAnswers(temporalAddress),
  });
  const partner = part('partner', {
    role: 'partner',
    command: [
      ...([
        process.execPath,
        '--import',
        'tsx',
        fileURLToPath(new URL('partner.ts', import.meta.url)),
      ] as const),
      ...[String(partnerPort), folder, seed, String(scarce)],
    ],
    serves: () => listens(partnerPort),
  });
  await Promise.all([postgres.start(), temporal.start(), partner.start()]);
  await prepareDatabase(urlAt(postgresPort, 'postgres'), databaseUrl, scarce);
  await ensureSearchAttributes({ connection: { address: temporalAddress }, namespace: 'default' });

  const lines = await Promise.all(linePorts.map((port) => openDatabaseLine(port, postgresPort)));
  const settings = (index: number): NodeJS.ProcessEnv => ({
    TEMPORAL_ADDRESS: temporalAddress,
    DATABASE_URL: urlAt(linePorts[index] ?? 0),
    PARTNER_ACME_URL: partnerUrl,
    RATE_LIMIT_COST_PER_MINUTE: '0',
  });
  const program = (index: number, made: Actor): Program => ({ actor: made, line: lines[index]! });
  const api = (index: 0 | 1, port: number): ApiProgram => ({
    port,
    ...program(
      index,
      part(
        `api-${index + 1}`,
        {
          role: 'api',
          command: [process.execPath, `${ROOT}/dist/main/api.js`],
          serves: () => apiAnswers(port),
        },
        {
          ...settings(index),
          ...SUPPLIERS[index],
          PORT: String(port),
          SANDBOX_IDS: 'off',
          BOOKING_DEADLINE_SECONDS: '45',
          UNDO_ATTEMPTS: '5',
        },
      ),
    ),
  });
  const worker = (index: number): Program => {
    const name = `worker-${index - 1}`;
    const log = join(folder, 'logs', `${name}.log`);
    const starts = async () => (await readFile(log, 'utf8')).split('Worker started').length;
    let before = 1;
    return program(
      index,
      part(
        name,
        {
          role: 'worker',
          command: [process.execPath, `${ROOT}/dist/main/worker.js`],
          async serves() {
            const now = await starts();
            if (now === before) return false;
            before = now;
            return true;
          },
        },
        { ...settings(index), WATCHMAN_ROUND_MS: '500', SUPPLIER_TIMEOUT_MS: '1000' },
      ),
    );
  };
  const apis = [api(0, api1), api(1, api2)] as const;
  const workers = [worker(2), worker(3)];
  await Promise.all([...apis, ...workers].map(({ actor }) => actor.start()));

  return {
    actors: [postgres, temporal, partner, ...[...apis, ...workers].map(({ actor }) => actor)],
    apis,
    workers,
    databaseUrl,
    temporalAddress,
    partnerUrl,
    repairPartner: () => writeFile(join(folder, 'repaired'), ''),
  };
}

async function prepareDatabase(adminUrl: string, url: string, scarce: number): Promise<void> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`create database ${DATABASE}`);
  await admin.end();
  await migrateDatabase(url);
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const { id, kind, capacity } of catalogue(scarce)) {
    await client.query(
      `insert into offers (id, kind, title, place, starts_on, ends_on, time_zone, price_minor, currency, capacity)
       values ($1, $2, $1, 'Lisbon', '2099-05-01', '2099-05-08', 'UTC', 10000, 'EUR', $3)`,
      [id, kind, capacity],
    );
  }
  await client.end();
}
