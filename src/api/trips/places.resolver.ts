import { Args, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import type { ListPlaces } from '../../database/places.js';
import { checkQuery } from '../shared/checks.js';
import { fromCursor, toConnection, toCursor } from '../shared/connection.type.js';
import { line } from '../shared/texts.js';
import { MAX_PLACE_LENGTH } from './offer.type.js';
import { PlaceConnection, PlacesArgs, placesSchema } from './place.type.js';

/** The name that a page ends with. */
const POSITION = z.tuple([line('place', MAX_PLACE_LENGTH)]);

@Resolver()
export class PlacesResolver {
  constructor(private readonly list: ListPlaces) {}

  @Query(() => PlaceConnection, {
    description:
      'Places of our own stock for which something can still be booked, by name, each once. At most 100 at a time.',
  })
  async places(@Args(() => PlacesArgs) args: PlacesArgs): Promise<PlaceConnection> {
    const { after, ...query } = checkQuery(placesSchema, args);
    const [position] = after === undefined ? [] : fromCursor(POSITION, after);
    const { places, hasNextPage } = await this.list({ ...query, after: position });
    const edges = places.map((node) => ({ cursor: toCursor([node.name]), node }));
    return toConnection({ edges, hasNextPage }, args.after);
  }
}
