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
    description: 'For operators: tries an undo again that is stuck (a leg that is UNDO_FAILED).',
  })
  async retryUndo(
    @Arg('input', () => UndoInput) input: UndoInput,
    @Ctx() context: GraphqlContext,
  ): Promise<UndoPayload> {
    return this.mapper.toPayload(await this.operators.retryUndo(input, context));
  }

  @Mutation(() => UndoPayload, {
    description:
      'For operators: says that a leg whose undo is stuck (UNDO_FAILED) was released by hand. It then counts as undone.',
  })
  async settleUndo(
    @Arg('input', () => SettleUndoInput) input: SettleUndoInput,
    @Ctx() context: GraphqlContext,
  ): Promise<UndoPayload> {
    return this.mapper.toPayload(await this.operators.settleUndo(input, context));
  }

  @Mutation(() => ResumeBookingPayload, {
    description:
      'For operators: lets a booking go on that was stopped from outside half-way (NEEDS_ATTENTION, with nothing being undone and not called off). To give it up instead, call it off with `cancelBooking`.',
  })
  async resumeBooking(
    @Arg('input', () => ResumeBookingInput) input: ResumeBookingInput,
    @Ctx() context: GraphqlContext,
  ): Promise<ResumeBookingPayload> {
    return this.mapper.toPayload(await this.operators.resumeBooking(input, context));
  }
}
