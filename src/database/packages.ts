import { asc, eq, getTableColumns, lte, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { type Money, times } from '../model/money.js';
import type { Package, PackageLeg } from '../model/package.js';
import type { Drizzle } from './database.js';
import { orUnavailable } from './errors.js';
import { folded } from './filters.js';
import { NOT_PAST, type Period, toOffer, within } from './offer-catalogue.js';
import { offers } from './tables.js';

/** Where a page ends: the values that the list is sorted by. The package need not exist any more. */
export interface PackagePosition {
  readonly total: Money;
  readonly from: string;
  readonly hotelId: string;
}

/** A page of packages. */
export interface PackageQuery {
  /** The whole name of the place, in any case and Unicode form. */
  readonly place: string;
  /** All days of the stay are in it. */
  readonly period: Period;
  readonly travellers: number;
  readonly first: number;
  readonly after?: PackagePosition | undefined;
}

export interface PackagePage {
  readonly packages: readonly Package[];
  readonly hasNextPage: boolean;
}

/** Finds what fits together in our own stock. @throws DatabaseUnavailable */
export interface PackageCatalogue {
  /**
   * One package for each hotel that a car and a flight go with: the cheapest ones that have enough units left. Cheapest
   * packages first, currency by currency, because nothing is converted.
   */
  list(query: PackageQuery): Promise<PackagePage>;
}

const PAGE = {
  total: sql<string>`total`.as('total'),
  carId: sql<string>`car_id`.as('car_id'),
  carUnits: sql<number>`car_units`.as('car_units'),
  hotelId: sql<string>`hotel_id`.as('hotel_id'),
  hotelUnits: sql<number>`hotel_units`.as('hotel_units'),
  flightId: sql<string>`flight_id`.as('flight_id'),
  flightUnits: sql<number>`flight_units`.as('flight_units'),
};

/**
 * One pass over the place's offers of these days, sorted once. (A join of the hotels with the cars and the flights would be
 * quadratic wherever the planner takes many offers for few.) Unlike a sum, `(n - 1) / m + 1` can't overflow.
 */
function pageOf({ place, period, travellers, after }: PackageQuery, limit: number): SQL {
  return sql`
    with fitting as (
      select id, kind, starts_on, ends_on, currency, units, units * price_minor as price,
        row_number() over (
          partition by starts_on, ends_on, currency, kind order by units * price_minor, id
        ) as rank
      from ${offers}
      cross join lateral (select (${travellers}::int - 1) / travellers_per_unit + 1 as units) as needed
      where ${offers.foldedPlace} = ${folded(sql`${place}::text`)} and kind in ('CAR', 'HOTEL', 'FLIGHT')
        and ${NOT_PAST} and ${daysIn(period)} and capacity - reserved >= units
    ), stays as (
      select id, kind, starts_on, currency, units, price,
        max(id) filter (where kind = 'CAR') over stay as car_id,
        max(units) filter (where kind = 'CAR') over stay as car_units,
        max(price) filter (where kind = 'CAR') over stay as car_price,
        max(id) filter (where kind = 'FLIGHT') over stay as flight_id,
        max(units) filter (where kind = 'FLIGHT') over stay as flight_units,
        max(price) filter (where kind = 'FLIGHT') over stay as flight_price
      from fitting where kind = 'HOTEL' or rank = 1
      window stay as (partition by starts_on, ends_on, currency)
    ), packages as (
      select currency, price + car_price + flight_price as total, starts_on, id as hotel_id, units as hotel_units,
        car_id, car_units, flight_id, flight_units
      from stays where kind = 'HOTEL' and car_id is not null and flight_id is not null
    )
    select total, car_id, car_units, hotel_id, hotel_units, flight_id, flight_units
    from packages where ${isAfter(after)}
    order by currency, total, starts_on, hotel_id limit ${limit}`;
}

/** Only the first day is in the index, and it too isn't after the last day of the period. */
const daysIn = (period: Period): SQL =>
  period.to === undefined ? within(period) : sql`${within(period)} and ${lte(offers.startsOn, period.to)}`;

const isAfter = (position: PackagePosition | undefined): SQL =>
  position === undefined
    ? sql`true`
    : sql`(currency, total, starts_on, hotel_id) >
        (${position.total.currency}, ${position.total.minor}, ${position.from}, ${position.hotelId})`;

const car = alias(offers, 'car');
const hotel = alias(offers, 'hotel');
const flight = alias(offers, 'flight');

/**
 * Pages begin at a position, not at a number, so that offers added, removed or sold between two pages neither repeat nor hide
 * other packages.
 */
export function createPackageCatalogue(drizzle: Drizzle): PackageCatalogue {
  return {
    async list(query) {
      const { first } = query;
      // One more shows whether there is another page.
      const page = drizzle.$with('page', PAGE).as(pageOf(query, first + 1));
      const rows = await orUnavailable(() =>
        drizzle
          .with(page)
          .select({
            total: page.total,
            carUnits: page.carUnits,
            hotelUnits: page.hotelUnits,
            flightUnits: page.flightUnits,
            car: getTableColumns(car),
            hotel: getTableColumns(hotel),
            flight: getTableColumns(flight),
          })
          .from(page)
          .innerJoin(car, eq(car.id, page.carId))
          .innerJoin(hotel, eq(hotel.id, page.hotelId))
          .innerJoin(flight, eq(flight.id, page.flightId))
          .orderBy(asc(hotel.currency), asc(page.total), asc(hotel.startsOn), asc(hotel.id)),
      );
      return {
        packages: rows.slice(0, first).map((row) => ({
          total: { minor: Number(row.total), currency: row.hotel.currency },
          car: toLeg(row.car, row.carUnits),
          hotel: toLeg(row.hotel, row.hotelUnits),
          flight: toLeg(row.flight, row.flightUnits),
        })),
        hasNextPage: rows.length > first,
      };
    },
  };
}

function toLeg(row: typeof offers.$inferSelect, quantity: number): PackageLeg {
  const offer = toOffer({ ...row, past: false });
  return { offer, quantity, price: times(offer.price, quantity) };
}
