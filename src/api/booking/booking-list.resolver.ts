import { Arg, Int, Query, Resolver } from 'type-graphql';
import type { BookingListService } from './booking-list-service.js';
import { BookingConnection, BookingFilter } from './booking-connection.type.js';
import { toBooking, type TemporalUi } from '../shared/booking.mapper.js';
import { toPageInfo } from '../shared/page-info.type.js';

@Resolver()
export class BookingListResolver {
  constructor(
    private readonly service: BookingListService,
    private readonly temporalUi?: TemporalUi,
  ) {}

  @Query(() => BookingConnection, {
    description: 'All bookings, newest first, as the journal has them. At most 100 at a time.',
  })
  async bookings(
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after?: string | null,
    @Arg('filter', () => BookingFilter, { nullable: true }) filter?: BookingFilter | null,
  ): Promise<BookingConnection> {
    const { items, hasNextPage } = await this.service.list({
      first,
      after: after ?? null,
      filter: filter ?? null,
    });
    const edges = items.map(({ reading, cursor }) => ({ cursor, node: toBooking(reading, this.temporalUi) }));
    return {
      edges,
      nodes: edges.map(({ node }) => node),
      pageInfo: toPageInfo(edges, hasNextPage, after),
    };
  }
}
