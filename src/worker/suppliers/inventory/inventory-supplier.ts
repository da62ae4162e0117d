import { DatabaseError } from 'pg';
import type { ConnectionPool, Queries } from '../../../database/connection-pool.js';
import { cleanText } from '../../../model/failures.js';
import { type Holding, isHolding } from '../../../model/holding.js';
import {
  OfferPast,
  OfferSoldOut,
  OfferUnknown,
  PriceChanged,
  type Supplier,
  SupplierRefused,
  type SupplierRequest,
} from '../supplier.port.js';
import { askDatabase } from './ask-database.js';
import { drawLocator } from './locator.js';

/** Whatever settings the session has, days are ISO 8601. The driver returns a bigint as a string. */
const HELD = `
  locator, title, place, to_char(starts_on, 'YYYY-MM-DD') as "from", to_char(ends_on, 'YYYY-MM-DD') as "to",
  price_minor, currency`;

/** Its first day has begun there. */
const PAST = `starts_on <= (now() at time zone time_zone)::date`;
const COSTS_AS_QUOTED = `($6::bigint is null or price_minor = $6 and currency = $7::text)`;

/**
 * Reserve and release are one statement each, so each happens completely or not at all, wherever a process or a connection
 * dies. Both lock the key first and then the offer, so they can't deadlock; a new locator is taken in between. A key's second
 * caller waits until the first is done. Counting past the capacity violates the table's constraint, which rolls back the
 * whole statement. What has begun, or doesn't cost any more what was quoted, isn't reserved.
 */
const RESERVE = {
  name: 'reserve',
  text: `
  with held as (
    insert into reservations
      (key, offer_id, quantity, locator, title, place, starts_on, ends_on, price_minor, currency, held_since)
    select $1, id, $4::int, $5, title, place, starts_on, ends_on, price_minor * $4::int, currency, now()
    from offers where id = $2 and kind = $3 and not ${PAST} and ${COSTS_AS_QUOTED}
    on conflict (key) do nothing
    returning *
  ), counted as (
    update offers set reserved = reserved + held.quantity from held where offers.id = held.offer_id
  )
  select ${HELD} from held`,
};

/**
 * For an unknown key only the tombstone is written, because there is no offer to count down. The count is read again under
 * its lock, because PostgreSQL checks the constraint with what the statement saw when it began: a release that waited for
 * the reserve of its own key would count down from the value before it.
 */
const RELEASE = {
  name: 'release',
  text: `
  with released as (
    insert into reservations (key, released_at) values ($1, now())
    on conflict (key) do update set released_at = now() where reservations.released_at is null
    returning offer_id, quantity
  ), offer as (
    select offers.id, offers.reserved, released.quantity from released
    join offers on offers.id = released.offer_id
    for no key update of offers
  )
  update offers set reserved = offer.reserved - offer.quantity from offer where offers.id = offer.id`,
};

const FIND = `select offer_id, quantity, released_at, ${HELD} from reservations where key = $1`;

const OBSTACLE = `select ${PAST} as past from offers where id = $1 and kind = $2`;

type HeldRow = Readonly<
  Record<'locator' | 'title' | 'place' | 'from' | 'to' | 'price_minor' | 'currency', string>
>;

interface ReservationRow extends HeldRow {
  readonly offer_id: string | null;
  readonly quantity: number;
  readonly released_at: Date | null;
}

/**
 * The supplier of our own stock: the tables `offers` and `reservations`, shared by any number of processes.
 * @param draw draws a locator, which may be taken already
 */
export function createInventorySupplier(
  pool: Pick<ConnectionPool, 'connect'>,
  draw: () => string = drawLocator,
): Supplier {
  return {
    reserve: (request, { signal }) =>
      askDatabase(pool, signal, async (stock) => {
        const { reservationKey, kind, offerId, quantity, price } = request;
        for (;;) {
          try {
            const { rows } = await stock.query<HeldRow>(RESERVE, [
              reservationKey,
              offerId,
              kind,
              quantity,
              draw(),
              price?.minor ?? null,
              price?.currency ?? null,
            ]);
            return toHolding(rows[0] ?? (await findHeld(stock, request)));
          } catch (error) {
            if (violates(error, 'offers_not_oversold') || isOutOfRange(error)) throw soldOut(request, error);
            // Nothing took effect, so another one can be drawn, unless the answer isn't awaited any more.
            if (!violates(error, 'reservations_locator_unique') || signal.aborted) throw error;
          }
        }
      }),

    async release({ reservationKey }, { signal }) {
      await askDatabase(pool, signal, (stock) => stock.query(RELEASE, [reservationKey]));
    },
  };
}

/**
 * What the key already holds: an earlier attempt succeeded. A separate statement, because the first can't see what was
 * committed while it waited.
 * @throws SupplierRefused, or a subclass, with the reason why nothing was reserved
 */
async function findHeld(stock: Queries, request: SupplierRequest): Promise<HeldRow> {
  const { reservationKey, offerId, quantity } = request;
  const { rows } = await stock.query<ReservationRow>(FIND, [reservationKey]);
  const [known] = rows;
  // Rows of reservations are never deleted, so the key was not the obstacle.
  if (!known) throw await obstacleOf(stock, request);
  if (known.released_at) {
    throw new SupplierRefused(`${reservationKey} was released and cannot be reserved again.`);
  }
  if (known.offer_id !== offerId || known.quantity !== quantity) {
    throw new SupplierRefused(
      `${reservationKey} already holds ${known.quantity} of ${known.offer_id}, so it cannot hold ${quantity} of ${offerId}.`,
    );
  }
  return known;
}

/** Why an offer couldn't be reserved. It may have been put on sale, or changed, just afterwards. */
async function obstacleOf(
  stock: Queries,
  { kind, offerId, price }: SupplierRequest,
): Promise<SupplierRefused> {
  const { rows } = await stock.query<{ readonly past: boolean }>(OBSTACLE, [offerId, kind]);
  const [offer] = rows;
  if (offer?.past) return new OfferPast(`${offerId} has already begun.`);
  return offer && price
    ? new PriceChanged(`${offerId} no longer costs what was quoted.`)
    : new OfferUnknown(`There is no ${kind.toLowerCase()} offer ${offerId}.`);
}

/** Leaves out what no record can hold, such as an empty title: the reservation is held nevertheless. */
function toHolding({ locator, title, place, from, to, price_minor, currency }: HeldRow): Holding {
  const all = {
    confirmation: locator,
    title: cleanText(title),
    place: cleanText(place),
    from,
    to,
    price: { minor: Number(price_minor), currency },
  } satisfies Holding;
  return Object.fromEntries(
    Object.entries(all).filter(([field, content]) => isHolding({ [field]: content })),
  );
}

function soldOut({ offerId, quantity }: SupplierRequest, cause: unknown): OfferSoldOut {
  const message =
    quantity === 1 ? `${offerId} is sold out.` : `${offerId} has fewer than ${quantity} units left.`;
  return new OfferSoldOut(message, { cause });
}

/** More units than the database can count, or for more money. */
function isOutOfRange(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '22003';
}

function violates(error: unknown, constraint: string): boolean {
  return error instanceof DatabaseError && error.constraint === constraint;
}
