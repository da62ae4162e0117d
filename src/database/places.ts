import { and, asc, gt, lt, max, min } from 'drizzle-orm';
import type { Place } from '../model/place.js';
import type { Drizzle } from './database.js';
import { orUnavailable } from './errors.js';
import { contains } from './filters.js';
import { NOT_PAST } from './offer-catalogue.js';
import { offers } from './tables.js';

/** A page of places, by name. */
export interface PlaceQuery {
  /** Part of the name, in any case and Unicode form. */
  readonly text?: string | undefined;
  readonly first: number;
  /** The name that the page before ends with. The place need not exist any more. */
  readonly after?: string | undefined;
}

export interface PlacePage {
  readonly places: readonly Place[];
  readonly hasNextPage: boolean;
}

/** Finds the places for which something can be booked, each once. @throws DatabaseUnavailable */
export type ListPlaces = (query: PlaceQuery) => Promise<PlacePage>;

export function createListPlaces(drizzle: Drizzle): ListPlaces {
  return async ({ text, first, after }) => {
    const rows = await orUnavailable(() =>
      drizzle
        .select({ name: offers.place, from: min(offers.startsOn), to: max(offers.endsOn) })
        .from(offers)
        .where(
          and(
            NOT_PAST,
            lt(offers.reserved, offers.capacity),
            text === undefined ? undefined : contains(offers.foldedPlace, text),
            after === undefined ? undefined : gt(offers.place, after),
          ),
        )
        .groupBy(offers.place)
        .orderBy(asc(offers.place))
        // One more shows whether there is another page.
        .limit(first + 1),
    );
    return { places: rows.slice(0, first) as Place[], hasNextPage: rows.length > first };
  };
}
