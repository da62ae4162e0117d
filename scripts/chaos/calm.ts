import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Violations } from './violations.js';

const LOOK_EVERY_MS = 500;
/** A booking that still moves after that is without an end. */
const CALM_TIMEOUT_MS = 150_000;
/** Longer than any request to the partner is late. */
const QUIET_MS = 6000;

export interface CalmOptions {
  readonly databaseUrl: string;
  readonly ledgerFile: string;
  readonly isLeft: (id: string) => boolean;
  readonly violations: Violations;
}

interface Row {
  readonly id: string;
  readonly status: string;
}

/** Waits until nothing moves any more: all bookings are done or left on purpose, and the partner hears nothing new. */
export async function untilCalm({ databaseUrl, ledgerFile, isLeft, violations }: CalmOptions): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const deadline = Date.now() + CALM_TIMEOUT_MS;
  const size = () => statSync(ledgerFile).size;
  let known = size();
  let quietSince = Date.now();
  for (;;) {
    const { rows } = await client.query<Row>(
      'select id, shown_status as status from bookings where not done',
    );
    const moving = rows.filter(({ id, status }) => !(status === 'NEEDS_ATTENTION' && isLeft(id)));
    if (size() !== known) {
      known = size();
      quietSince = Date.now();
    }
    if (moving.length === 0 && Date.now() - quietSince > QUIET_MS) break;
    if (Date.now() > deadline) {
      violations.add(
        'nothing is without an end',
        undefined,
        `${moving.length} still move after ${CALM_TIMEOUT_MS / 1000} s`,
      );
      break;
    }
    await sleep(LOOK_EVERY_MS);
  }
  await client.end();
}
