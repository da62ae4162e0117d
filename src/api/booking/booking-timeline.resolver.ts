import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { mergeTimelines } from './timeline.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import { Booking } from './booking.type.js';
import type { GraphqlContext } from '../access/context.js';
import { SagaEvent } from './saga-event.type.js';

@Resolver(() => Booking)
export class BookingTimelineResolver {
  @FieldResolver(() => [SagaEvent], {
    description:
      'What happened, attempt by attempt, oldest first. Without the single attempts while the database is away.',
  })
  async timeline(
    @Root() { id, ownTimeline }: Booking,
    @Ctx() { attempts }: GraphqlContext,
  ): Promise<SagaEvent[]> {
    const merged = mergeTimelines(ownTimeline, await attempts.load(id).catch(noneWhileAway));
    return merged.map((event) => ({ ...event, at: new Date(event.at) }));
  }
}

function noneWhileAway(error: unknown): [] {
  if (error instanceof ServiceUnavailable) return [];
  throw error;
}
