import { TypedSearchAttributes } from '@temporalio/common';
import type { BookingRecord } from '../model/booking.js';
import { SEARCH_ATTRIBUTES } from '../model/names.js';
import { summary } from '../model/summary.js';

/** What operators see of a booking's workflow in Temporal's Web UI, and search it by. */
export function startOptions({ id, order, acceptedAt }: BookingRecord) {
  const { name, legs, caller, requestId } = order;
  return {
    staticSummary: summary(`Trip for ${name}: ${legs.map(({ offerId }) => offerId).join(', ')}`),
    staticDetails: [
      `- booking: ${id}`,
      `- traveller: ${name}`,
      ...legs.map(({ id: leg, offerId, supplier, maxAttempts }) => {
        const limit = maxAttempts === undefined ? '' : `, at most ${maxAttempts} attempts`;
        return `- ${leg}: ${offerId} (${supplier}${limit})`;
      }),
      `- booked by: ${caller.subject}, request ${requestId}, ${acceptedAt}`,
    ].join('\n'),
    typedSearchAttributes: new TypedSearchAttributes([
      { key: SEARCH_ATTRIBUTES.owner, value: caller.subject },
      { key: SEARCH_ATTRIBUTES.offers, value: legs.map(({ offerId }) => offerId) },
    ]),
  };
}
