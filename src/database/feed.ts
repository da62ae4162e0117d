import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Pool } from 'pg';
import type { DatabaseConfig } from './database.js';

const CHANNEL = 'booking_changed';
/** Told apart from the pool's connections by whoever looks at the server. */
const APPLICATION_NAME = 'tripsaga-feed';
/** What moved waits so long for company. */
const MOVED_MS = 50;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;
/** A server that is gone without a word is noticed by this only. */
const PING_EVERY_MS = 30_000;

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
export function createAnnouncer(pool: Pick<Pool, 'query'>): Announce {
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

export type ListeningConfig = Pick<DatabaseConfig, 'url' | 'connectTimeoutMs' | 'statementTimeoutMs'>;

/**
 * Listens on one connection of its own, made for the first subscriber and again, with patience, whenever it
 * breaks. Not from the pool: a connection that listens is never given back.
 */
export function createFeed(
  { url, connectTimeoutMs, statementTimeoutMs }: ListeningConfig,
  onTrouble: (error: unknown) => void = () => undefined,
): ListeningFeed {
  const subscribers = new Map<string, Set<(news: News) => void>>();
  const stopping = new AbortController();
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
          tellAll();
        });
      } catch (error) {
        if (!stopped()) onTrouble(error);
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
      connectionString: url,
      application_name: APPLICATION_NAME,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: statementTimeoutMs,
      keepAlive: true,
    });
    let ping: NodeJS.Timeout | undefined;
    const stop = () => void client.end().catch(() => undefined);
    const broken = new Promise<void>((resolve, reject) => {
      client.on('error', reject);
      client.on('end', resolve);
    });
    // It is awaited only once we listen; until then `connect` tells of the same trouble.
    broken.catch(() => undefined);
    try {
      await client.connect();
      stopping.signal.addEventListener('abort', stop);
      if (stopped()) return;
      client.on('notification', ({ payload = '' }) => {
        const [news = '', ...id] = payload.split(' ');
        tell(id.join(' '), news as News);
      });
      await client.query(`listen ${CHANNEL}`);
      onListening();
      const missing = new Promise<never>((_, reject) => {
        ping = setInterval(() => void client.query('select 1').catch(reject), PING_EVERY_MS);
      });
      await Promise.race([broken, missing]);
    } finally {
      clearInterval(ping);
      stopping.signal.removeEventListener('abort', stop);
      // Of a server that is gone there is no goodbye to wait for.
      stop();
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
