import type { BookingState } from '../model/booking-state.js';
import { BOOKING_QUERY } from '../model/names.js';
import { withPendingActivities } from './pending-activities.js';
import { stoppedFromOutside } from './stopped-booking.js';
import { isOpen, type WorkflowCalls, type WorkflowDescription } from './workflow-calls.js';

/** Where the booking of a workflow stands, as its query handler, its result or its end from outside says. */
export async function bookingStateOf(
  calls: WorkflowCalls,
  workflow: WorkflowDescription,
): Promise<BookingState> {
  const { workflowId: id, status, raw } = workflow;
  if (isOpen(workflow)) {
    return withPendingActivities(await calls.query<BookingState>(id, BOOKING_QUERY), raw.pendingActivities);
  }
  // The result carries the final state and needs no worker, which a query does.
  if (status.name === 'COMPLETED') return (await calls.result(id)).booking;
  return stoppedFromOutside(await calls.query<BookingState>(id, BOOKING_QUERY), status.name);
}
