import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { LATEST } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { LegAttempts } from '../../model/timeline.js';
import type { GraphqlContext } from '../access/context.js';
import { toTimeline } from '../shared/booking.mapper.js';
import { Booking, Leg, SagaEvent } from './booking.type.js';
import type { BookingReading } from './read.js';

@Resolver(() => Booking)
export class TimelineResolver {
  @FieldResolver(() => [SagaEvent], {
    description: `What happened, oldest first. Of each leg the latest ${LATEST} failed attempts, and none of them while the database is away.`,
  })
  async timeline(@Root() { reading }: Booking, @Ctx() context: GraphqlContext): Promise<SagaEvent[]> {
    return toTimeline(reading, await attemptsOf(reading, context));
  }
}

@Resolver(() => Leg)
export class EarlierFailuresResolver {
  @FieldResolver(() => Int, {
    description: 'How many attempts failed before those that the timeline tells of.',
  })
  async earlierFailures(@Root() { id, reading }: Leg, @Ctx() context: GraphqlContext): Promise<number> {
    const failed = (await attemptsOf(reading, context)).find(({ legId }) => legId === id);
    return failed ? failed.count - failed.latest.length : 0;
  }
}

async function attemptsOf(
  { attempts, record }: BookingReading,
  context: GraphqlContext,
): Promise<readonly LegAttempts[]> {
  if (attempts) return attempts;
  try {
    return await context.attempts.load(record.id);
  } catch (error) {
    if (error instanceof ServiceUnavailable) return [];
    throw error;
  }
}
