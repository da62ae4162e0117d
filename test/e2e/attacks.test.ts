import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { noFacts, type BookingFacts } from '../../src/model/booking.js';
import { run, type Program } from '../support/processes.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { bearer, TEST_AUTH, TEST_SECRET, tokenFor } from '../support/tokens.js';
import { anOrder } from '../support/trips.js';

/**
 * Attacks with one request or one client, each on an API process of its own without a rate limit. The attack must end in a
 * clear refusal, the process must not grow, and others must be answered as usual.
 */

const MEGABYTE = 2 ** 20;
const MAX_GROWTH = 50 * MEGABYTE;
/** Makes V8 collect garbage rather than grow, so growth is what an attack holds. A process that needs more crashes. */
const HEAP_FLAG = '--max-old-space-size=96';
/** Others wait at most twice as long, plus what the attack takes from the machine's processors on this side of the connection. */
const MAX_SLOWER = 2;
const NOISE_MS = 1000;
const READS = 100;
const BOOKINGS = 100;

let database: TestDatabase;
let eve: Readonly<Record<string, string>>;
let ada: Readonly<Record<string, string>>;

beforeAll(async () => {
  database = await createTestDatabase();
  const token = (subject: string) => tokenFor(subject, { expiresIn: 3600 });
  [eve, ada] = [bearer(await token('eve')), bearer(await token('ada'))];
  for (const owner of ['eve', 'ada']) {
    const order = { ...anOrder(), caller: { subject: owner, roles: [] } };
    const at = new Date().toISOString();
    const events = order.legs.flatMap(({ id }) =>
      Array.from({ length: 10 }, (_, n) => ({ at, legId: id, state: 'BOOKED' as const, attempt: n })),
    );
    const facts: BookingFacts = { ...noFacts(order), events };
    await database.pool.query(
      `insert into bookings (id, reference, booking_order, status, undoing, run_id, version, recorded_at, facts)
       select $1 || '-' || n, $1 || '-' || n, $2, 'CONFIRMED', false, 'run', 2, now(), $3 from generate_series(1, $4::int) as n`,
      [owner, order, facts, BOOKINGS],
    );
  }
});
afterAll(() => database.close());

interface Target {
  readonly api: Program;
  readonly url: string;
}

async function openTarget(settings: NodeJS.ProcessEnv = {}): Promise<Target> {
  const api = run([process.execPath, HEAP_FLAG, 'dist/main/api.js'], {
    DATABASE_URL: database.url,
    // Nobody is there: accepting and reading bookings needs no Temporal.
    TEMPORAL_ADDRESS: '127.0.0.1:9',
    PORT: '0',
    AUTH_ISSUER: TEST_AUTH.issuer,
    AUTH_AUDIENCE: TEST_AUTH.audience,
    AUTH_KEY: TEST_SECRET,
    RATE_LIMIT_COST_PER_MINUTE: '0',
    LOG_LEVEL: 'info',
    ...settings,
  });
  const [, url = ''] = await api.says(/API ready at (http:[^"]+)"/);
  return { api, url };
}

interface Answer {
  readonly status: number;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly {
      readonly message: string;
      readonly extensions: { readonly code: string; readonly requestId: string };
    }[];
  };
}

async function send(
  { url }: Target,
  headers: Readonly<Record<string, string>>,
  query: string,
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

/** Resident memory in bytes, now and at its highest so far. */
function memoryOf({ api }: Target) {
  const status = readFileSync(`/proc/${api.pid}/status`, 'utf8');
  const value = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
  return { now: value('VmRSS'), peak: value('VmHWM') };
}

const p99 = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? NaN;

/** How long somebody else's reads take, in milliseconds. */
async function readsOf(target: Target, until: () => boolean): Promise<number[]> {
  const took: number[] = [];
  do {
    const from = performance.now();
    const { body } = await send(
      target,
      ada,
      `{ booking(id: "ada-${1 + (took.length % BOOKINGS)}") { status } }`,
    );
    expect(body.data).toEqual({ booking: { status: 'CONFIRMED' } });
    took.push(performance.now() - from);
  } while (!until() || took.length < READS);
  return took;
}

/** Attacks while others read. @returns the attack's result */
async function underAttack<T>(target: Target, attack: () => Promise<T>): Promise<T> {
  let count = 0;
  await readsOf(target, () => ++count > READS);
  count = 0;
  const usual = p99(await readsOf(target, () => ++count > READS));
  const before = memoryOf(target);
  let over = false;
  const reading = readsOf(target, () => over);
  const result = await attack().finally(() => (over = true));
  const slower = p99(await reading);
  const { peak } = memoryOf(target);
  expect((peak - before.peak) / MEGABYTE).toBeLessThan(MAX_GROWTH / MEGABYTE);
  expect(slower).toBeLessThan(usual * MAX_SLOWER + NOISE_MS);
  return result;
}

const times = (count: number, field: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => field(n)).join(' ');

describe.skipIf(process.platform !== 'linux')('an attack', () => {
  const timelines = times(290, (n) => `t${n}: timeline { at }`);
  const BOOK =
    'bookVacation(input: { name: "Eve", car: "valid-car-id", hotel: "valid-hotel-id", flight: "valid-flight-id" }) { replayed }';

  test.each([
    [
      'of 14 pages with 290 timelines for each booking',
      `{ ${times(14, (n) => `b${n}: bookings(first: 100) { nodes { ...T } }`)} } fragment T on Booking { ${timelines} }`,
      'GRAPHQL_VALIDATION_FAILED',
      /at most 50 aliases/,
    ],
    [
      'of 14 pages of whole bookings',
      `{ ${times(14, (n) => `b${n}: bookings(first: 100) { nodes { timeline { at leg state attempt message } legs { id state } } }`)} }`,
      'TOO_EXPENSIVE',
      /costs \d+, and at most \d+/,
    ],
    ['of 165 trips', `mutation { ${times(165, (n) => `b${n}: ${BOOK}`)} }`, 'GRAPHQL_PARSE_FAILED', /token/],
    [
      'of 40 trips',
      `mutation { ${times(40, (n) => `b${n}: ${BOOK}`)} }`,
      'GRAPHQL_VALIDATION_FAILED',
      /at most 5 mutations/,
    ],
    [
      'of 90 bookings with their timelines',
      `{ ${times(90, (n) => `b${n}: booking(id: "eve-${n}") { timeline { at } }`)} }`,
      'GRAPHQL_VALIDATION_FAILED',
      /at most 50 aliases/,
    ],
    ['of fragments that spread each other', doublingFragments(20), 'TOO_EXPENSIVE', /too large to be priced/],
    ['of 5,000 fields', `{ ${'viewer { subject } '.repeat(5000)} }`, 'GRAPHQL_PARSE_FAILED', /token/i],
    [
      'of 100 directives',
      `{ ${'... @include(if: true) { viewer { subject } } '.repeat(100)} }`,
      'GRAPHQL_VALIDATION_FAILED',
      /directive/,
    ],
  ])('%s is refused before anything is done', async (_what, query, code, message) => {
    const target = await openTarget();
    const answers = await underAttack(target, async () => {
      const all: Answer[] = [];
      await Promise.all(
        Array.from({ length: 4 }, async () => {
          for (let n = 0; n < 10; n++) all.push(await send(target, eve, query));
        }),
      );
      return all;
    });
    for (const { status, body } of answers) {
      expect(status).toBe(400);
      expect(body.errors?.[0]).toMatchObject({
        extensions: { code, requestId: expect.any(String) as unknown },
      });
      expect(body.errors?.some((error) => message.test(error.message))).toBe(true);
    }
    const { rows } = await database.pool.query('select 1 from bookings where id like $1', ['trip-%']);
    expect(rows).toEqual([]);
  });

  /** Each fragment spreads the next one twice: 2^depth fields in a few hundred bytes. */
  function doublingFragments(depth: number): string {
    const fragments = times(depth, (n) => `fragment F${n} on Booking { ...F${n + 1} ...F${n + 1} }`);
    return `{ booking(id: "eve-1") { ...F0 } } ${fragments} fragment F${depth} on Booking { id }`;
  }

  test('of 10,000 subscriptions in one socket ends with the socket', async () => {
    const target = await openTarget();
    // A booking that never ends: else its subscriptions would.
    await database.pool.query("update bookings set status = 'BOOKING' where id = 'eve-1'");
    const [code, reason] = await underAttack(target, async () => {
      const socket = await openSocket(target);
      const closed = once(socket, 'close') as Promise<[code: number, reason: Buffer]>;
      const query = 'subscription { bookingUpdated(id: "eve-1") { id } }';
      for (let n = 0; n < 10_000 && socket.readyState === socket.OPEN; n++) {
        socket.send(JSON.stringify({ id: String(n), type: 'subscribe', payload: { query } }));
        // Lets this process read for the others meanwhile.
        if (n % 50 === 0) await sleep(1);
      }
      return closed;
    });
    expect([code, String(reason)]).toEqual([4429, 'A socket can run at most 100 operations at a time.']);
  });

  test('of 1,500 waits whose clients have gone leaves nothing behind', async () => {
    const target = await openTarget();
    const byEve = "from bookings where booking_order->>'name' = 'Eve'";
    const accepted = async () => (await database.pool.query(`select ${byEve}`)).rowCount;
    onTestFinished(async () => void (await database.pool.query(`delete ${byEve}`)));
    await underAttack(target, async () => {
      const agent = new Agent({ maxSockets: Infinity });
      const body = JSON.stringify({
        query: `mutation { ${BOOK.replace('valid-flight-id"', 'valid-flight-id", waitSeconds: 50')} }`,
      });
      for (let round = 0; round < 15; round++) {
        const requests = Array.from({ length: 100 }, () => {
          const sent = httpRequest(target.url, {
            method: 'POST',
            agent,
            headers: { 'content-type': 'application/json', ...eve },
          });
          sent.on('error', () => undefined).end(body);
          return sent;
        });
        await expect.poll(accepted, { timeout: 30_000 }).toBe((round + 1) * requests.length);
        for (const sent of requests) sent.destroy();
      }
    });
    // With as many waits as one caller may have, another one would be answered at once.
    const from = performance.now();
    const { body } = await send(
      target,
      eve,
      `mutation { ${BOOK.replace('valid-flight-id"', 'valid-flight-id", waitSeconds: 1')} }`,
    );
    expect(performance.now() - from).toBeGreaterThan(900);
    expect(body).toMatchObject({ data: { bookVacation: { replayed: false } } });
  });

  test('of slow headers keeps nobody waiting', async () => {
    const target = await openTarget({ KEEP_ALIVE_SECONDS: '1' });
    await underAttack(target, async () => {
      const sockets = Array.from({ length: 500 }, () => openTcp(target));
      for (const socket of sockets) socket.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\n');
      for (let n = 0; n < 10; n++) {
        await sleep(200);
        for (const socket of sockets) if (!socket.destroyed) socket.write(`X-${n}: slow\r\n`);
      }
      for (const socket of sockets) socket.destroy();
    });
  });

  test('of slow bodies keeps nobody waiting', async () => {
    const target = await openTarget();
    await underAttack(target, async () => {
      const sockets = Array.from({ length: 500 }, () => openTcp(target));
      const head = [
        'POST /graphql HTTP/1.1',
        'Host: localhost',
        'Content-Type: application/json',
        'Content-Length: 90000',
      ];
      for (const socket of sockets) socket.write(`${head.join('\r\n')}\r\n\r\n`);
      for (let n = 0; n < 10; n++) {
        await sleep(200);
        for (const socket of sockets) if (!socket.destroyed) socket.write(' '.repeat(100));
      }
      for (const socket of sockets) socket.destroy();
    });
  });

  test('of 50 MB of gzip is refused before it is inflated', async () => {
    const target = await openTarget();
    const bomb = gzipSync(Buffer.alloc(50 * MEGABYTE, ' '));
    const statuses = await underAttack(target, () =>
      Promise.all(
        Array.from({ length: 20 }, async () => {
          const response = await fetch(target.url, {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', ...eve },
            body: bomb,
          });
          const { errors } = (await response.json()) as Answer['body'];
          return [response.status, errors?.[0]?.extensions.code] as const;
        }),
      ),
    );
    expect(new Set(statuses.map(String))).toEqual(new Set(['413,PAYLOAD_TOO_LARGE']));
  });

  function openTcp({ url }: Target) {
    const socket = connectTcp(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    return socket;
  }

  async function openSocket({ url }: Target): Promise<WebSocket> {
    const socket = new WebSocket(url.replace('http:', 'ws:'), 'graphql-transport-ws');
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: eve }));
    await once(socket, 'message');
    return socket;
  }
});
