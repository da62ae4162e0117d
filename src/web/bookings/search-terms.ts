import type { BookingFilter, BookingStatus } from '../../client/generated.js';
import { readReference } from '../../model/codes.js';
import { STATUS_LABELS } from '../look/words.js';

/** The API's filter for what the address says; what can't be read is ignored. Days are the visitor's own. */
export function filterOf(query: URLSearchParams): BookingFilter {
  const term = (name: string) => query.get(name)?.trim() || undefined;
  const status = term('status');
  const find = term('find');
  const from = startOfDay(term('since'));
  const before = startOfDay(term('until'), 1);
  const offer = term('offer');
  const owner = term('owner');
  return {
    ...(isStatus(status) && { statuses: [status] }),
    ...(find !== undefined && (readReference(find) ? { reference: find } : { text: find })),
    ...(offer !== undefined && { offerId: offer }),
    ...(owner !== undefined && { owner }),
    ...(from && { createdFrom: from }),
    ...(before && { createdBefore: before }),
  };
}

const isStatus = (word: string | undefined): word is BookingStatus =>
  word !== undefined && word in STATUS_LABELS;

function startOfDay(date: string | undefined, daysLater = 0): string | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date ?? '')?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  return new Date(year, month - 1, day + daysLater).toISOString();
}
