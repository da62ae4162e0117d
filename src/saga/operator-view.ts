import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { legsOf, type BookingRecord } from '../model/booking.js';
import { SEARCH_ATTRIBUTES } from '../model/names.js';

/** Shows a booking to operators in Temporal's own tools: on the workflow's page, and in searches by status. */
export function showOperators(record: BookingRecord): void {
  setCurrentDetails(describe(record));
  const needs = record.status === 'NEEDS_ATTENTION';
  const shown = workflowInfo().typedSearchAttributes.get(SEARCH_ATTRIBUTES.status);
  // Only on entering and leaving: each change is a write to Temporal's visibility store.
  if (needs !== (shown === 'NEEDS_ATTENTION')) {
    upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.status, value: record.status }]);
  }
}

/** Markdown for the workflow's page. Error messages are in code spans because suppliers wrote them. */
function describe(record: BookingRecord): string {
  const { status, facts, callOff } = record;
  const cancellation = callOff ?? facts.cancellation;
  const lines = [`**${status}**`];
  if (facts.failure) lines.push(`${facts.failure.code}: ${code(facts.failure.message)}`);
  if (cancellation) {
    lines.push(`Called off by ${code(cancellation.by)}: ${code(cancellation.reason ?? 'no reason given')}`);
  }
  const rows = legsOf(record).map(
    ({ id, offerId, supplier, state, attempts, lastError }) =>
      `| ${id} | ${code(offerId)} | ${code(supplier)} | ${state} | ${attempts} | ${lastError ? code(lastError) : ''} |`,
  );
  const table = [
    '| leg | offer | supplier | state | attempts | last error |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ];
  return [...lines, table.join('\n')].join('\n\n');
}

const code = (text: string) => `\`${text.replaceAll(/[`|\n]/g, ' ')}\``;
