import { Arg, Int, Query, Resolver } from 'type-graphql';
import type { ListOffers } from './offers.js';
import type { LegKind as LegKindWord } from '../../model/legs.js';
import { LegKind } from '../shared/enums.js';
import { OfferConnection, OfferFilter } from './offer.type.js';
import { toConnection } from '../shared/connection.type.js';

@Resolver()
export class OffersResolver {
  constructor(private readonly listOffers: ListOffers) {}

  @Query(() => OfferConnection, {
    description:
      'What can be booked, by the day it begins, and how much of it is left. At most 100 at a time.',
  })
  async offers(
    @Arg('kind', () => LegKind) kind: LegKindWord,
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after?: string | null,
    @Arg('filter', () => OfferFilter, { nullable: true }) filter?: OfferFilter | null,
  ): Promise<OfferConnection> {
    return toConnection(await this.listOffers({ kind, first, after, filter: filter ?? null }), after);
  }
}
