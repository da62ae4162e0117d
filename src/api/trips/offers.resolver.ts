import { Args, Query, Resolver } from 'type-graphql';
import { toConnection } from '../shared/connection.type.js';
import { OfferConnection } from './offer.type.js';
import { OffersArgs } from './offers.input.js';
import type { ListOffers } from './offers.js';

@Resolver()
export class OffersResolver {
  constructor(private readonly listOffers: ListOffers) {}

  @Query(() => OfferConnection, {
    description:
      'Offers that can be booked, ordered by first day, with the units left. At most 100 at a time.',
  })
  async offers(@Args(() => OffersArgs) args: OffersArgs): Promise<OfferConnection> {
    return toConnection(await this.listOffers(args), args.after);
  }
}
