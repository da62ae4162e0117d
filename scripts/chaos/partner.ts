/**
 * The partner of docs/partner-api.md in its own process, with a ledger on disk and faults that depend on the seed.
 * Arguments: port, folder, seed, capacity of its scarce offers.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { capacityOf } from './offers.js';
import { delayOf, faultOf, isStuck, REFUSED_OFFER, SPEECHLESS_OFFER } from './partner-faults.js';
import { openLedger, type Entry } from './partner-ledger.js';

const [, , port = '', folder = '', seed = '', scarce = ''] = process.argv;

const ledger = openLedger(join(folder, 'partner-ledger.jsonl'));
const held = new Map<string, Held>();
const released = new Set<string>();
/** Keys that found an offer sold out. Copies of their requests don't outlive the process, so the ledger leaves them out. */
const soldOut = new Set<string>();
const requests = new Map<string, number>();
ledger.entries.forEach(post);

interface Held {
  readonly offerId: string;
  readonly quantity: number;
  readonly reference: string;
}

interface Reply {
  readonly status: number;
  readonly code?: string;
  readonly reference?: string;
}

function post({ what, key, offerId = '', quantity = 0, reference = '' }: Omit<Entry, 'at'>): void {
  if (what === 'held') held.set(key, { offerId, quantity, reference });
  if (what !== 'released') return;
  held.delete(key);
  released.add(key);
}

function write(entry: Omit<Entry, 'at'>): void {
  ledger.append(entry);
  post(entry);
}

/** The body of a PUT. */
interface Asked {
  readonly offerId?: string;
  readonly quantity?: number;
}

/** Records a fault for the report. */
function note(kind: string): void {
  appendFileSync(join(folder, 'partner-faults.txt'), `partner: ${kind}\n`);
}

function reserve(key: string, { offerId = '', quantity = 0 }: Asked): Reply {
  if (released.has(key)) return { status: 410, code: 'RELEASED' };
  const already = held.get(key);
  if (already) {
    const isSame = already.offerId === offerId && already.quantity === quantity;
    return isSame ? { status: 200, reference: already.reference } : { status: 409, code: 'OTHER_OFFER' };
  }
  const capacity = capacityOf(offerId, Number(scarce));
  if (capacity === undefined) return { status: 404, code: 'UNKNOWN_OFFER' };
  if (REFUSED_OFFER.test(offerId)) return { status: 422, code: 'REFUSED' };
  const taken = [...held.values()].filter((one) => one.offerId === offerId);
  const units = taken.reduce((sum, one) => sum + one.quantity, 0);
  if (soldOut.has(key) || units + quantity > capacity) {
    soldOut.add(key);
    return { status: 409, code: 'SOLD_OUT' };
  }
  const reference = randomUUID();
  write({ what: 'held', key, offerId, quantity, reference });
  return { status: 200, reference };
}

function release(key: string, byHand: boolean): Reply {
  if (released.has(key)) return { status: 204 };
  if (!byHand && isStuck(seed, key) && !existsSync(join(folder, 'repaired'))) {
    note('undo refused');
    write({ what: 'undo refused', key });
    return { status: 409, code: 'NOT_NOW' };
  }
  write({ what: 'released', key, ...(byHand && { byHand }) });
  return { status: 204 };
}

async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = incoming.method === 'PUT' ? 'PUT' : 'DELETE';
  const [, where = '', name = ''] = /^\/(reservations|by-hand)\/([^/?]+)$/.exec(incoming.url ?? '') ?? [];
  const key = decodeURIComponent(name);
  const asked = JSON.parse((await text(incoming)) || '{}') as Asked;
  const { offerId = '' } = asked;
  const act = () => (method === 'PUT' ? reserve(key, asked) : release(key, where === 'by-hand'));
  if (where === 'by-hand') return send(response, act());

  const nth = (requests.get(method + key) ?? 0) + 1;
  requests.set(method + key, nth);
  const speechless = method === 'PUT' && SPEECHLESS_OFFER.test(offerId);
  const fault = speechless ? 'lost' : faultOf(seed, method, key, nth);
  if (fault) note(`${method} ${fault}`);
  switch (fault) {
    case 'lost':
      act();
      return void incoming.socket.resetAndDestroy();
    case 'mute':
      act();
      return;
    case 'late':
      setTimeout(act, delayOf(seed, key, nth));
      return void incoming.socket.resetAndDestroy();
    case 'twice':
      setTimeout(act, delayOf(seed, key, nth));
      return send(response, act());
    case 'broken':
      return send(response, { status: 500, code: 'BROKEN' });
    case 'busy':
      response.setHeader('Retry-After', '1');
      return send(response, { status: 503, code: 'BUSY' });
    case undefined:
      return send(response, act());
  }
}

function send(response: ServerResponse, { status, code, reference }: Reply): void {
  if (status === 204) return void response.writeHead(status).end();
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(status === 200 ? { state: 'HELD', reference } : { code }));
}

createServer((incoming, response) => {
  serve(incoming, response).catch(() => incoming.destroy());
}).listen(Number(port), '127.0.0.1');
