import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Notification } from 'pg';
import type { DatabaseConfig, Queries } from './connection-pool.js';
import { CannotConnect } from './errors.js';
import { createOutage, type OutageReport } from './outage.js';

const CHANNEL = 'booking_changed';
/** Told apart from the pool's connections by whoever looks at the server. */
const APPLICATION_NAME = 'tripsaga-feed';
/** What moved waits so long for company. */
const MOVED_MS = 50;
const FIRST_RETRY_MS = 100;
/** Who follows is to hear of changes within seconds of the database's return. */
const LAST_RETRY_MS = 1000;
/** A server that is gone without a word is noticed by this only. */
const PING_EVERY_MS = 10_000;
const HEARD_WITHIN_MS = 2000;

/** What changed of a booking: its record, or how far its run is, which is recorded later or never. */
export type News = 'recorded' | 'moved';

/** News that a booking changed: a hint to read it again, never the news itself. */
export interface Feed {
  /**
   * `onNews` hears of changes from now on, in whatever process they were made, and once whenever some may have been missed:
   * when the feed begins to listen and when it listens again. Whoever subscribes first and reads then misses nothing.
   * @returns what ends it
   */
  subscribe(bookingId: string, onNews: (news: News) => void): () => void;
}

export interface ListeningFeed extends Feed {
  /** Bookings that somebody is subscribed to. */
  readonly size: number;
  /** Ends the connection. Subscribers hear nothing more. */
  stop(): Promise<void>;
}

/** Tells all who follow a booking that it changed. Costs the caller nothing, and may be lost. */
export type Announce = (bookingId: string, news: News) => void;

const ANNOUNCE = `select pg_notify('${CHANNEL}', news) from unnest($1::text[]) as news`;

/**
 * Announces in batches, one statement under way at a time, and never within the transaction that made the change: a
 * notification takes a lock of the whole database until its transaction is committed. What is recorded goes at once, and
 * takes along what moved, which by itself has a moment: a trip makes many moves in one.
 */
export function createAnnouncer(pool: Queries): Announce {
  let waiting = new Map<string, News>();
  let sending = false;
  let timer: NodeJS.Timeout | undefined;

  async function send(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    sending = true;
    while (waiting.size > 0) {
      const batch = [...waiting].map(([bookingId, news]) => `${news} ${bookingId}`);
      waiting = new Map();
      // Who follows reads again by itself every now and then: a hint that is lost delays, and no more.
      await pool.query(ANNOUNCE, [batch]).catch(() => undefined);
    }
    sending = false;
  }

  return (bookingId, news) => {
    // Who hears that a booking was recorded reads all of it.
    if (waiting.get(bookingId) !== 'recorded') waiting.set(bookingId, news);
    if (sending) return;
    if (news === 'recorded') void send();
    else timer ??= setTimeout(() => void send(), MOVED_MS).unref();
  };
}

export type ListeningConfig = Omit<DatabaseConfig, 'poolSize'>;

/**
 * Listens on one connection of its own, made for the first subscriber and again, with patience, whenever it
 * breaks. Not from the pool: a connection that listens is never given back.
 * @param pool by which whoever announces does so, and the feed too, to hear whether it hears
 */
export function createFeed(
  { url, directUrl, connectTimeoutMs, statementTimeoutMs }: ListeningConfig,
  pool: Queries,
  report?: OutageReport,
): ListeningFeed {
  const subscribers = new Map<string, Set<(news: News) => void>>();
  const stopping = new AbortController();
  const outage = createOutage(report);
  let listening: Promise<void> | undefined;

  const stopped = () => stopping.signal.aborted;

  const tell = (bookingId: string, news: News) =>
    subscribers.get(bookingId)?.forEach((onNews) => onNews(news));
  const tellAll = () => [...subscribers.keys()].forEach((bookingId) => tell(bookingId, 'recorded'));

  async function keepListening(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    for (;;) {
      try {
        await listen(() => {
          retryMs = FIRST_RETRY_MS;
          outage.end();
          tellAll();
        });
      } catch (error) {
        if (!stopped()) outage.begin(error as Error);
      }
      if (stopped()) return;
      // Not all API processes at the same moment, when the database comes back.
      await sleep(retryMs * (0.5 + Math.random() / 2), undefined, { signal: stopping.signal }).catch(
        () => {},
      );
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    }
  }

  /** Listens until the connection breaks or the feed is stopped. */
  async function listen(onListening: () => void): Promise<void> {
    const client = new Client({
      connectionString: directUrl ?? url,
      application_name: APPLICATION_NAME,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: statementTimeoutMs,
      keepAlive: true,
    });
    const ending = new AbortController();
    const stop = () => void client.end().catch(() => undefined);
    const broken = new Promise<void>((resolve, reject) => {
      client.on('error', reject);
      client.on('end', resolve);
    });
    // It is awaited only once we listen; until then `connect` tells of the same trouble.
    broken.catch(() => undefined);
    try {
      await client.connect().catch((error: unknown) => {
        throw new CannotConnect(error, directUrl !== undefined);
      });
      stopping.signal.addEventListener('abort', stop);
      if (stopped()) return;
      client.on('notification', ({ payload = '' }) => {
        const [news = '', ...id] = payload.split(' ');
        tell(id.join(' '), news as News);
      });
      await client.query(`listen ${CHANNEL}`);
      await Promise.race([broken, keepHearing(client, ending.signal, onListening)]);
    } finally {
      ending.abort();
      stopping.signal.removeEventListener('abort', stop);
      // Of a server that is gone there is no goodbye to wait for.
      stop();
    }
  }

  /** Rejects once nothing is heard any more. */
  async function keepHearing(client: Client, ending: AbortSignal, onListening: () => void): Promise<void> {
    await assertHearing(client);
    ending.throwIfAborted();
    onListening();
    for (;;) {
      await sleep(PING_EVERY_MS, undefined, { signal: ending });
      await assertHearing(client);
    }
  }

  /** @throws HearsNothing: behind a pooler LISTEN succeeds, and what is announced never gets here */
  async function assertHearing(client: Client): Promise<void> {
    const ping = `ping ${randomUUID()}`;
    let isHeard = () => {};
    const heard = new Promise<true>((resolve) => (isHeard = () => resolve(true)));
    const hear = ({ payload }: Notification) => payload === ping && isHeard();
    client.on('notification', hear);
    try {
      await pool.query(ANNOUNCE, [[ping]]);
      const late = sleep(HEARD_WITHIN_MS, false, { ref: false });
      if (!(await Promise.race([heard, late]))) throw new HearsNothing(directUrl !== undefined);
    } catch (error) {
      // Who can't announce learns nothing of who listens.
      if (error instanceof HearsNothing) throw error;
    } finally {
      client.off('notification', hear);
    }
  }

  return {
    get size() {
      return subscribers.size;
    },
    subscribe(bookingId, onNews) {
      const own = (news: News) => onNews(news);
      const others = subscribers.get(bookingId);
      if (others) others.add(own);
      else subscribers.set(bookingId, new Set([own]));
      listening ??= keepListening();
      return () => {
        const all = subscribers.get(bookingId);
        all?.delete(own);
        if (all?.size === 0) subscribers.delete(bookingId);
      };
    },
    async stop() {
      stopping.abort();
      await listening;
    },
  };
}

class HearsNothing extends Error {
  override readonly name = 'HearsNothing';
  constructor(hasDirectUrl: boolean) {
    super(
      hasDirectUrl
        ? 'Announcements are not heard: DATABASE_DIRECT_URL must lead to the database of DATABASE_URL, and through no pooler.'
        : "Announcements are not heard: DATABASE_URL leads through a pooler. Set DATABASE_DIRECT_URL to PostgreSQL's own address.",
    );
  }
}
