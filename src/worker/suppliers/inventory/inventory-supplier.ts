import { DatabaseError } from 'pg';
import type { ConnectionPool, Queries } from '../../../database/connection-pool.js';
import {
  OfferSoldOut,
  OfferUnknown,
  type Supplier,
  SupplierRefused,
  type SupplierRequest,
} from '../supplier.port.js';
import { askDatabase } from './ask-database.js';

/**
 * Reserve and release are one statement each, so each happens completely or not at all, wherever a process or a connection
 * dies. Both lock the key first and then the offer, so they can't deadlock. A key's second caller waits until the first is
 * done. Counting past the capacity violates the table's constraint, which rolls back the whole statement.
 */
const RESERVE = `
  with held as (
    insert into reservations (key, offer_id, held_since)
    select $1, id, now() from offers where id = $2 and kind = $3
    on conflict (key) do nothing
    returning offer_id
  )
  update offers set reserved = reserved + 1 from held where offers.id = held.offer_id`;

/**
 * For an unknown key only the tombstone is written, because there is no offer to count down. The count is read again under
 * its lock, because PostgreSQL checks the constraint with what the statement saw when it began: a release that waited for
 * the reserve of its own key would count down from the value before it.
 */
const RELEASE = `
  with released as (
    insert into reservations (key, released_at) values ($1, now())
    on conflict (key) do update set released_at = now() where reservations.released_at is null
    returning offer_id
  ), offer as (
    select offers.id, offers.reserved from released join offers on offers.id = released.offer_id
    for no key update of offers
  )
  update offers set reserved = offer.reserved - 1 from offer where offers.id = offer.id`;

const FIND = 'select offer_id, released_at from reservations where key = $1';

interface Reservation {
  readonly offer_id: string | null;
  readonly released_at: Date | null;
}

/** The supplier of our own stock: the tables `offers` and `reservations`, shared by any number of processes. */
export function createInventorySupplier(pool: Pick<ConnectionPool, 'connect'>): Supplier {
  return {
    async reserve(request, { signal }) {
      const { reservationKey, kind, offerId } = request;
      await askDatabase(pool, signal, async (stock) => {
        try {
          const { rowCount } = await stock.query(RESERVE, [reservationKey, offerId, kind]);
          if (rowCount === 0) await explain(stock, request);
        } catch (error) {
          if (isOversold(error)) throw new OfferSoldOut(`${offerId} is sold out.`, { cause: error });
          throw error;
        }
      });
    },

    async release({ reservationKey }, { signal }) {
      await askDatabase(pool, signal, (stock) => stock.query(RELEASE, [reservationKey]));
    },
  };
}

/**
 * Throws the reason why nothing was reserved. A separate statement, because the first can't see what was committed while it
 * waited. Returns if the key already holds this offer: an earlier attempt succeeded.
 */
async function explain(stock: Queries, { reservationKey, kind, offerId }: SupplierRequest): Promise<void> {
  const { rows } = await stock.query<Reservation>(FIND, [reservationKey]);
  const [known] = rows;
  // Rows of reservations are never deleted, so the key was not the obstacle.
  if (!known) throw new OfferUnknown(`There is no ${kind.toLowerCase()} offer ${offerId}.`);
  if (known.released_at) {
    throw new SupplierRefused(`${reservationKey} was released and cannot be reserved again.`);
  }
  if (known.offer_id !== offerId) {
    throw new SupplierRefused(
      `${reservationKey} already holds ${known.offer_id}, so it cannot hold ${offerId}.`,
    );
  }
}

function isOversold(error: unknown): boolean {
  return error instanceof DatabaseError && error.constraint === 'offers_not_oversold';
}
