import { Arg, Int, Query, Resolver } from 'type-graphql';
import type { OffersService } from './offers-service.js';
import type { LegKind as LegKindWord } from '../../model/trip.js';
import { LegKind } from '../shared/enums.js';
import { OfferConnection, OfferFilter } from './offer.type.js';
import { toPageInfo } from '../shared/page-info.type.js';

@Resolver()
export class OffersResolver {
  constructor(private readonly service: OffersService) {}

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
    const { edges, hasNextPage } = await this.service.offers({ kind, first, after, filter: filter ?? null });
    return {
      edges: [...edges],
      nodes: edges.map(({ node }) => node),
      pageInfo: toPageInfo(edges, hasNextPage, after),
    };
  }
}
