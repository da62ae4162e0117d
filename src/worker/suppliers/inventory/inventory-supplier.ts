import { DatabaseError } from 'pg';
import type { ConnectionPool, Queries } from '../../../database/connection-pool.js';
import { OfferSoldOut, OfferUnknown, SupplierRefused } from '../supplier-errors.js';
import type { Supplier, SupplierRequest } from '../supplier.port.js';
import { askDatabase } from './ask-database.js';

/**
 * Reserve and release are one statement each: it happens whole or not at all, wherever a process or a connection dies.
 * Both take the key first and the offer after it, so no two of them ever wait for each other. A key's second caller
 * waits until the first is through. Counting up past the capacity breaks the table's own constraint, which undoes the
 * whole statement.
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
 * Under an unknown key only the tombstone is written: it has no offer to count down. The count is read anew under its
 * lock, for PostgreSQL checks the constraint with what the statement saw when it began: a release that waited for the
 * reserve of its own key would count down from before that.
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

/** A supplier of our own stock: the tables `offers` and `reservations`, shared with any number of processes. */
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
 * Why nothing was reserved. A statement of its own, for the first one can't see what was committed while it waited.
 * Returns where the key holds this offer already: then an earlier attempt got through.
 */
async function explain(stock: Queries, { reservationKey, kind, offerId }: SupplierRequest): Promise<void> {
  const { rows } = await stock.query<Reservation>(FIND, [reservationKey]);
  const [known] = rows;
  // Rows of reservations are never deleted, so it was not the key that stood in the way.
  if (!known) throw new OfferUnknown(`There is no ${kind.toLowerCase()} offer ${offerId}.`);
  if (known.released_at) {
    throw new SupplierRefused(`${reservationKey} was released; a reservation under it is refused.`);
  }
  if (known.offer_id !== offerId) {
    throw new SupplierRefused(`${reservationKey} holds ${known.offer_id} already, it can't hold ${offerId}.`);
  }
}

function isOversold(error: unknown): boolean {
  return error instanceof DatabaseError && error.constraint === 'offers_not_oversold';
}
