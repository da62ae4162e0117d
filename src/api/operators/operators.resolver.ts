import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { GraphqlContext } from '../access/context.js';
import type { BookingMapper } from '../shared/booking.mapper.js';
import type { Operators } from './operators.js';
import {
  ResumeBookingInput,
  ResumeBookingPayload,
  SettleUndoInput,
  UndoInput,
  UndoPayload,
} from './operators.type.js';

@Resolver()
export class OperatorsResolver {
  constructor(
    private readonly operators: Operators,
    private readonly mapper: BookingMapper,
  ) {}

  @Mutation(() => UndoPayload, {
    description: 'For operators: retries the undo of a leg that is UNDO_FAILED.',
  })
  async retryUndo(
    @Arg('input', () => UndoInput, { description: 'The leg to release once more.' }) input: UndoInput,
    @Ctx() context: GraphqlContext,
  ): Promise<UndoPayload> {
    return this.mapper.toPayload(await this.operators.retryUndo(input, context));
  }

  @Mutation(() => UndoPayload, {
    description:
      'For operators: records that a leg whose undo is stuck (UNDO_FAILED) was released by hand. The leg then counts as undone.',
  })
  async settleUndo(
    @Arg('input', () => SettleUndoInput, { description: 'The leg, and how it was released.' })
    input: SettleUndoInput,
    @Ctx() context: GraphqlContext,
  ): Promise<UndoPayload> {
    return this.mapper.toPayload(await this.operators.settleUndo(input, context));
  }

  @Mutation(() => ResumeBookingPayload, {
    description:
      'For operators: resumes a parked booking, one whose workflow was stopped from outside before it finished (NEEDS_ATTENTION, not called off, no leg being undone). To give the booking up instead, use `cancelBooking`.',
  })
  async resumeBooking(
    @Arg('input', () => ResumeBookingInput, { description: 'The booking to resume.' })
    input: ResumeBookingInput,
    @Ctx() context: GraphqlContext,
  ): Promise<ResumeBookingPayload> {
    return this.mapper.toPayload(await this.operators.resumeBooking(input, context));
  }
}
