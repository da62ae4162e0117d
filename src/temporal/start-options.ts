import type { WorkflowExecutionDescription } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { BookingOrder } from '../model/booking-order.js';
import type { BookingStatus } from '../model/booking-state.js';
import { SEARCH_ATTRIBUTES } from '../model/names.js';
import { summary } from '../model/summary.js';

/** What operators see of a workflow in Temporal's Web UI and search it by, and what we ourselves read of it later. */
export function startOptions(bookingId: string, order: BookingOrder, status: BookingStatus) {
  const { name, attempts, offers } = order.trip;
  return {
    staticSummary: summary(`Trip for ${name}: ${offers.CAR}, ${offers.HOTEL}, ${offers.FLIGHT}`),
    staticDetails: [
      `- booking: ${bookingId}`,
      `- traveller: ${name}`,
      `- car: ${offers.CAR}`,
      `- hotel: ${offers.HOTEL} (at most ${attempts} attempts)`,
      `- flight: ${offers.FLIGHT}`,
      `- booked by: ${order.caller.subject}, request ${order.requestId}, ${order.acceptedAt}`,
    ].join('\n'),
    memo: { order },
    typedSearchAttributes: new TypedSearchAttributes([
      { key: SEARCH_ATTRIBUTES.status, value: status },
      { key: SEARCH_ATTRIBUTES.owner, value: order.caller.subject },
      { key: SEARCH_ATTRIBUTES.car, value: offers.CAR },
      { key: SEARCH_ATTRIBUTES.hotel, value: offers.HOTEL },
      { key: SEARCH_ATTRIBUTES.flight, value: offers.FLIGHT },
    ]),
  };
}

/** The order that a workflow was started with, which its memo carries: readable without a worker. */
export function orderIn({ memo }: WorkflowExecutionDescription): BookingOrder {
  return memo?.['order'] as BookingOrder;
}
