import { setCurrentDetails, setHandler, upsertSearchAttributes, defineQuery } from '@temporalio/workflow';
import type { BookingState } from '../model/booking-state.js';
import { BOOKING_QUERY, SEARCH_ATTRIBUTES } from '../model/names.js';
import { createBookingRecord, type BookingRecord } from './booking-record.js';
import type { JournalRecorder } from './journal-recorder.js';

const bookingQuery = defineQuery<BookingState>(BOOKING_QUERY);

/** A record that callers can query, that operators see and search in Temporal's Web UI, and that the journal keeps. */
export function publishRecord(initial: BookingState, journal: JournalRecorder): BookingRecord {
  const record = createBookingRecord(initial, {
    now: Date.now,
    onChange(state, before) {
      setCurrentDetails(describe(state));
      if (state.status !== before.status) {
        upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.status, value: state.status }]);
        journal.note(state);
      } else if (state.status === 'NEEDS_ATTENTION') {
        // What operators look at has to be exact.
        journal.note(state);
      }
    },
  });
  setHandler(bookingQuery, record.view);
  return record;
}

/** Markdown for the workflow's page. Error texts stand in code spans, for they are the suppliers' own words. */
function describe({ status, legs, failure, cancellation }: BookingState): string {
  const lines = [`**${status}**`];
  if (failure) lines.push(`${failure.code}: ${code(failure.message)}`);
  if (cancellation)
    lines.push(`Called off by ${code(cancellation.by)}: ${code(cancellation.reason ?? 'no reason given')}`);
  lines.push('| leg | offer | state | attempts | last error |', '| --- | --- | --- | --- | --- |');
  for (const { kind, offerId, state, attempts, lastError } of legs) {
    lines.push(
      `| ${kind} | ${code(offerId)} | ${state} | ${attempts} | ${lastError ? code(lastError) : ''} |`,
    );
  }
  return lines.slice(0, -legs.length - 2).join('\n\n') + '\n\n' + lines.slice(-legs.length - 2).join('\n');
}

const code = (text: string) => `\`${text.replaceAll(/[`|\n]/g, ' ')}\``;
