import { ArgsType, Field, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { optional } from '../shared/checks.js';
import { CONNECTION, PageArgs, pageFields, PageInfo } from '../shared/connection.type.js';
import { Day } from '../shared/dates.js';
import { line } from '../shared/texts.js';
import { MAX_PLACE_LENGTH } from './offer.type.js';

@ObjectType({ description: 'A place for which something can be booked.' })
export class Place {
  @Field(() => String, { description: 'Its name, as `packages` takes it.' })
  name!: string;

  @Field(() => Day, { description: 'The first day of anything that can be booked there.' })
  from!: string;

  @Field(() => Day, { description: 'The last day of anything that can be booked there.' })
  to!: string;
}

@ObjectType({ description: 'A place in a list.' })
export class PlaceEdge {
  @Field(() => String, CONNECTION.cursor)
  cursor!: string;

  @Field(() => Place, CONNECTION.node)
  node!: Place;
}

@ObjectType({ description: 'A page of places.' })
export class PlaceConnection {
  @Field(() => [PlaceEdge], CONNECTION.edges)
  edges!: PlaceEdge[];

  @Field(() => [Place], CONNECTION.nodes)
  nodes!: Place[];

  @Field(() => PageInfo, CONNECTION.pageInfo)
  pageInfo!: PageInfo;
}

@ArgsType()
export class PlacesArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Part of the name, case-insensitive.' })
  text?: string | null;
}

export const placesSchema = z.object({ ...pageFields, text: optional(line('text', MAX_PLACE_LENGTH)) });
