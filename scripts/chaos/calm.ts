import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOwnClient } from './own-client.js';
import type { Violations } from './violations.js';

const LOOK_EVERY_MS = 500;
/** If no booking ends for this long, the remaining ones never will. */
const CALM_TIMEOUT_MS = 120_000;
/** Longer than the delay of any request to the partner. */
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

/** Waits until nothing changes any more: all bookings are done or left on purpose, and the partner's ledger stays the same. */
export async function untilCalm({ databaseUrl, ledgerFile, isLeft, violations }: CalmOptions): Promise<void> {
  const client = createOwnClient(databaseUrl);
  await client.connect();
  let fewest = Infinity;
  let progressAt = Date.now();
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
    if (moving.length < fewest) progressAt = Date.now();
    fewest = Math.min(fewest, moving.length);
    if (Date.now() - progressAt > CALM_TIMEOUT_MS) {
      violations.add('every booking ends', undefined, `${moving.length} are unfinished`);
      break;
    }
    await sleep(LOOK_EVERY_MS);
  }
  await client.end();
}
