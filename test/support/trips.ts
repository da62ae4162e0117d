import { randomUUID } from 'node:crypto';
import { createUserId } from '../../src/api/booking/ids.js';
import { ANONYMOUS, type BookingOrder, type BookingPolicy } from '../../src/model/order.js';

export interface TripChoice {
  readonly name?: string;
  readonly attempts?: number;
  readonly car?: string;
  readonly hotel?: string;
  readonly flight?: string;
  /** `supplier` serves every leg, except those in `suppliers`. */
  readonly supplier?: string;
  readonly suppliers?: { readonly car?: string; readonly hotel?: string; readonly flight?: string };
  readonly policy?: Partial<BookingPolicy>;
}

/** An order for a trip that the sandbox books at once, unless a test chooses otherwise. */
export function anOrder(choice: TripChoice = {}): BookingOrder {
  const { name = 'John Doe', attempts = 5, supplier = 'sandbox', suppliers, policy } = choice;
  return {
    userId: createUserId(name),
    name,
    legs: [
      { id: 'car', kind: 'CAR', offerId: choice.car ?? 'valid-car-id', supplier: suppliers?.car ?? supplier },
      // Without `down-0` the tutorial's hotel is down on its first attempt, which costs a second.
      {
        id: 'hotel',
        kind: 'HOTEL',
        offerId: choice.hotel ?? 'valid-hotel-down-0',
        supplier: suppliers?.hotel ?? supplier,
        maxAttempts: attempts,
      },
      {
        id: 'flight',
        kind: 'FLIGHT',
        offerId: choice.flight ?? 'valid-flight-id',
        supplier: suppliers?.flight ?? supplier,
      },
    ],
    caller: ANONYMOUS,
    requestId: randomUUID(),
    policy: { deadlineSeconds: 900, undoAttempts: 10, ...policy },
    fingerprint: randomUUID(),
  };
}
