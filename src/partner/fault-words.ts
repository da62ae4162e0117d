import { setTimeout as sleep } from 'node:timers/promises';
import { parseFaults } from '../model/sandbox-faults.js';
import type { Intervene, Reply } from './reference-partner.js';

const DOWN: Reply = { status: 503, body: { code: 'UNAVAILABLE' } };
const REFUSED: Reply = { status: 422, body: { code: 'REFUSED' } };

/**
 * Makes the requests for an offer fail as the words in its id say. They mean the same as in the sandbox, and fail as they
 * would over a network.
 * @param secondMs milliseconds per second of the delays in ids
 */
export function createFaultWords(secondMs: number): Intervene {
  /** A release names no offer. */
  const offers = new Map<string, string>();
  const tries = new Map<string, number>();

  return async ({ method, key, body }, handle) => {
    if (method === 'PUT') offers.set(key, offerIn(body));
    const faults = parseFaults(offers.get(key) ?? '');
    const nth = (tries.get(`${method} ${key}`) ?? 0) + 1;
    tries.set(`${method} ${key}`, nth);

    if (faults.slowSeconds > 0) await sleep(faults.slowSeconds * secondMs);
    if (method === 'DELETE') return nth <= faults.undoDown ? DOWN : handle();
    if (nth <= (faults.down ?? 0)) return DOWN;
    if (faults.invalid) return REFUSED;
    if (faults.lateSeconds !== undefined && nth === 1) {
      setTimeout(() => void handle().catch(() => undefined), faults.lateSeconds * secondMs).unref();
      return 'reset';
    }
    const reply = await handle();
    if (nth <= faults.hang) return 'hang';
    return nth <= faults.lost ? 'reset' : reply;
  };
}

function offerIn(body: string): string {
  try {
    const { offerId } = JSON.parse(body) as { readonly offerId?: unknown };
    return typeof offerId === 'string' ? offerId : '';
  } catch {
    return '';
  }
}
