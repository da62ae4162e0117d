import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Notification } from 'pg';
import type { DatabaseConfig, Queries } from './connection-pool.js';
import { CannotConnect } from './errors.js';
import { createOutage, type OutageReport } from './outage.js';

const CHANNEL = 'booking_changed';
/** Distinguishes this connection from the pool's in pg_stat_activity. */
const APPLICATION_NAME = 'tripsaga-feed';
/** How long a `moved` waits so that others can join its batch; a trip whose suppliers respond at once ends before. */
const MOVED_MS = 100;
const FIRST_RETRY_MS = 100;
/** Short, so that followers get changes within seconds of the database's return. */
const LAST_RETRY_MS = 1000;
/** Detects a server that disappeared without closing the connection. */
const PING_EVERY_MS = 10_000;
const RECEIVED_WITHIN_MS = 2000;

/** What changed: the booking's record, or its run's progress, which is recorded later or never. */
export type News = 'recorded' | 'moved';

/** Notifies subscribers that a booking changed. A notification is a hint to read the booking again; it has no content. */
export interface Feed {
  /**
   * Calls `onNews` for each change from now on, made by any process, and whenever changes may have been missed: when the
   * feed starts to listen, and when it listens again. To miss nothing, subscribe first and then read.
   * @returns a function that ends the subscription
   */
  subscribe(bookingId: string, onNews: (news: News) => void): () => void;
}

export interface ListeningFeed extends Feed {
  /** The number of bookings with subscribers. */
  readonly size: number;
  /** Closes the connection. Subscribers are no longer called. */
  stop(): Promise<void>;
}

/** Notifies all followers of a booking that it changed. Doesn't wait or throw; the notification may be lost. */
export type Announce = (bookingId: string, news: News) => void;

const ANNOUNCE = {
  name: 'announce',
  text: `select pg_notify('${CHANNEL}', news) from unnest($1::text[]) as news`,
};

/**
 * Announces in batches, one statement at a time, and never in the transaction that made the change, because a
 * notification locks the whole database until its transaction commits. `recorded` is sent at once, together with any
 * waiting `moved`. A `moved` alone waits briefly because a trip makes many moves at once.
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
      // Followers also read periodically, so a lost hint only delays them.
      await pool.query(ANNOUNCE, [batch]).catch(() => undefined);
    }
    sending = false;
  }

  return (bookingId, news) => {
    // `recorded` includes `moved`: followers then read everything.
    if (waiting.get(bookingId) !== 'recorded') waiting.set(bookingId, news);
    if (sending) return;
    if (news === 'recorded') void send();
    else timer ??= setTimeout(() => void send(), MOVED_MS).unref();
  };
}

export type ListeningConfig = Omit<DatabaseConfig, 'poolSize'>;

/**
 * Listens on its own connection, opened for the first subscriber and reopened, with backoff, whenever it breaks. The
 * connection is not from the pool because it would never be returned.
 * @param pool the one that announcers use; the feed announces pings through it to check that it receives them
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

  const notify = (bookingId: string, news: News) =>
    subscribers.get(bookingId)?.forEach((onNews) => onNews(news));
  const notifyAll = () => [...subscribers.keys()].forEach((bookingId) => notify(bookingId, 'recorded'));

  async function keepListening(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    for (;;) {
      try {
        await listen(() => {
          retryMs = FIRST_RETRY_MS;
          outage.end();
          notifyAll();
        });
      } catch (error) {
        if (!stopped()) outage.begin(error as Error);
      }
      if (stopped()) return;
      // With jitter, so that the API processes don't all reconnect at once.
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
    // Awaited only once we listen; before that, `connect` rejects with the same error.
    broken.catch(() => undefined);
    try {
      await client.connect().catch((error: unknown) => {
        throw new CannotConnect(error, directUrl !== undefined);
      });
      stopping.signal.addEventListener('abort', stop);
      if (stopped()) return;
      client.on('notification', ({ payload = '' }) => {
        const [news = '', ...id] = payload.split(' ');
        notify(id.join(' '), news as News);
      });
      await client.query(`listen ${CHANNEL}`);
      await Promise.race([broken, keepReceiving(client, ending.signal, onListening)]);
    } finally {
      ending.abort();
      stopping.signal.removeEventListener('abort', stop);
      // Not awaited: an unreachable server never closes its side.
      stop();
    }
  }

  /** Rejects when announcements no longer arrive. */
  async function keepReceiving(client: Client, ending: AbortSignal, onListening: () => void): Promise<void> {
    await assertReceiving(client);
    ending.throwIfAborted();
    onListening();
    for (;;) {
      await sleep(PING_EVERY_MS, undefined, { signal: ending });
      await assertReceiving(client);
    }
  }

  /** @throws ReceivesNothing for example behind a pooler, where LISTEN succeeds but announcements never arrive */
  async function assertReceiving(client: Client): Promise<void> {
    const ping = `ping ${randomUUID()}`;
    let markReceived = () => {};
    const received = new Promise<true>((resolve) => (markReceived = () => resolve(true)));
    const onNotification = ({ payload }: Notification) => payload === ping && markReceived();
    client.on('notification', onNotification);
    try {
      await pool.query(ANNOUNCE, [[ping]]);
      const late = sleep(RECEIVED_WITHIN_MS, false, { ref: false });
      if (!(await Promise.race([received, late]))) throw new ReceivesNothing(directUrl !== undefined);
    } catch (error) {
      // If the ping can't be sent, it proves nothing about listening.
      if (error instanceof ReceivesNothing) throw error;
    } finally {
      client.off('notification', onNotification);
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

class ReceivesNothing extends Error {
  override readonly name = 'ReceivesNothing';
  constructor(hasDirectUrl: boolean) {
    super(
      hasDirectUrl
        ? 'No announcements are received: DATABASE_DIRECT_URL must point to the same database as DATABASE_URL, without a pooler.'
        : "No announcements are received: DATABASE_URL points to a pooler. Set DATABASE_DIRECT_URL to PostgreSQL's own address.",
    );
  }
}
