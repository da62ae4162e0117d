import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { OperationOutcome, OperationsService } from './operations-service.js';
import { toBooking, toUserError, type TemporalUi } from '../shared/booking.mapper.js';
import type { GraphqlContext } from '../access/context.js';
import {
  CancelBookingInput,
  CancelBookingPayload,
  SettleUndoInput,
  UndoInput,
  UndoPayload,
} from './operations.type.js';

@Resolver()
export class OperationsResolver {
  constructor(
    private readonly service: OperationsService,
    private readonly temporalUi?: TemporalUi,
  ) {}

  @Mutation(() => CancelBookingPayload, {
    description:
      'Calls a booking off, whether it is being booked or confirmed. Returns as soon as it is certain that everything will be undone; calling twice is fine.',
  })
  async cancelBooking(
    @Arg('input', () => CancelBookingInput) input: CancelBookingInput,
    @Ctx() context: GraphqlContext,
  ): Promise<CancelBookingPayload> {
    return this.toPayload(await this.service.cancelBooking(input, context));
  }

  @Mutation(() => UndoPayload, { description: 'For operators: tries an undo that is stuck again.' })
  async retryUndo(
    @Arg('input', () => UndoInput) input: UndoInput,
    @Ctx() context: GraphqlContext,
  ): Promise<UndoPayload> {
    return this.toPayload(await this.service.retryUndo(input, context));
  }

  @Mutation(() => UndoPayload, {
    description: 'For operators: says that a leg whose undo is stuck was released by hand.',
  })
  async settleUndo(
    @Arg('input', () => SettleUndoInput) input: SettleUndoInput,
    @Ctx() context: GraphqlContext,
  ): Promise<UndoPayload> {
    return this.toPayload(await this.service.settleUndo(input, context));
  }

  private toPayload({ reading, userErrors }: OperationOutcome) {
    return {
      booking: reading ? toBooking(reading, this.temporalUi) : null,
      userErrors: userErrors.map(toUserError),
    };
  }
}
