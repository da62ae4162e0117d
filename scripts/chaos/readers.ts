import { setTimeout as sleep } from 'node:timers/promises';
import type { Desk } from './desk.js';
import { createDice } from './dice.js';
import type { RecordRow } from './evidence.js';
import { moving, READ, SHOWN, type ShownBooking, type Observations } from './told.js';
import type { Violations } from './violations.js';
import { createOwnClient } from './own-client.js';

export interface ReaderOptions {
  readonly desk: Desk;
  readonly observed: Observations;
  readonly violations: Violations;
  readonly databaseUrl: string;
  readonly seed: string;
}

export interface Readers {
  stop(): Promise<void>;
}

const READERS = 3;
const REST_MS = 70;
const RECORDS_EVERY_MS = 250;

const LIST = `query { bookings(first: 20) { nodes { ${SHOWN} } } }`;

/** Reads continuously through both APIs and stores what they return. Also watches the records themselves. */
export function startReaders(options: ReaderOptions): Readers {
  const { desk, observed, violations, seed } = options;
  let stopped = false;
  const reading = Array.from({ length: READERS }, (_, number) => read(number));
  const watching = watchRecords(options, () => stopped);

  async function read(number: number): Promise<void> {
    const dice = createDice(`${seed} reader ${number}`);
    const name = `reader ${number}`;
    for (let round = 0; !stopped; round++) {
      const ids = [...observed.accepted.keys()];
      const open = moving(observed);
      const id = dice.pickAny(dice.chance(0.8) && open.length > 0 ? open : ids);
      const api = dice.whole(0, 1);
      if (round % 20 === 0) await list(name, api);
      else if (id !== undefined) await readOne(name, api, id);
      await sleep(REST_MS);
    }
  }

  async function list(name: string, api: number): Promise<void> {
    const answer = await desk.ask<{ readonly bookings: { readonly nodes: readonly ShownBooking[] } }>(
      api,
      LIST,
      {},
    );
    if (answer.kind !== 'answer') return;
    for (const node of answer.data.bookings.nodes) observed.read(`${name} lists`, answer, node);
  }

  async function readOne(name: string, api: number, id: string): Promise<void> {
    const answer = await desk.ask<{ readonly booking: ShownBooking | null }>(api, READ, { id });
    if (answer.kind !== 'answer') return;
    const { booking } = answer.data;
    if (booking) observed.read(`${name} at api-${api + 1}, ${booking.source}`, answer, booking);
    else violations.add('no accepted booking is missing', id, `${name} read null`);
  }

  return {
    async stop() {
      stopped = true;
      await Promise.all([...reading, watching]);
    },
  };
}

type Snapshot = Pick<RecordRow, 'id' | 'status' | 'undoing' | 'called_off'> & { readonly version: number };

/** Compares successive snapshots of every record: a late write never reverts anything. */
async function watchRecords(
  { databaseUrl, violations }: ReaderOptions,
  isStopped: () => boolean,
): Promise<void> {
  const known = new Map<string, Snapshot>();
  const compare = (row: Snapshot) => {
    const before = known.get(row.id);
    known.set(row.id, row);
    if (!before) return;
    const change = `${describe(before)} -> ${describe(row)}`;
    if (row.version < before.version) violations.add('a record only moves forward', row.id, change);
    if (row.version === before.version && row.status !== before.status && before.version > 0)
      violations.add('a record only moves forward', row.id, change);
    if (before.undoing && !row.undoing) violations.add('undoing is a one-way door', row.id, change);
    if (before.called_off && !row.called_off)
      violations.add('no acknowledged cancel is lost', row.id, change);
  };
  while (!isStopped()) {
    const client = createOwnClient(databaseUrl);
    try {
      await client.connect();
      while (!isStopped()) {
        const { rows } = await client.query<Snapshot>(
          'select id, version, status, undoing, call_off is not null as called_off from bookings',
        );
        rows.forEach(compare);
        await sleep(RECORDS_EVERY_MS);
      }
    } catch {
      // The database is unavailable.
      await sleep(RECORDS_EVERY_MS);
    } finally {
      void client.end().catch(() => undefined);
    }
  }
}

const describe = ({ version, status, undoing }: Snapshot) =>
  `${status} v${version}${undoing ? ' undoing' : ''}`;
