import type { offers } from '../../src/database/tables.js';

type Row = typeof offers.$inferInsert;

/** An offer for a table, in a year that these tests don't live to see. */
export function anOffer(own: Pick<Row, 'id'> & Partial<Row>): Row {
  return {
    kind: 'CAR',
    title: 'Title',
    place: 'Place',
    startsOn: '2099-05-03',
    endsOn: '2099-05-10',
    timeZone: 'UTC',
    priceMinor: 100_00,
    currency: 'EUR',
    capacity: 5,
    ...own,
  };
}

/**
 * A time zone where it is another day than in UTC, at any hour, so that an offer's own zone decides whether it has begun:
 * `ahead` is the zone with the later day and `behind` the one with the earlier, `day` is today's date ahead, and
 * `tomorrowBehind` tomorrow's date behind.
 */
export function twoDays(now = new Date()) {
  const ahead = 'Pacific/Kiritimati';
  const behind = 'Etc/GMT+12';
  const dayIn = (timeZone: string, at: Date) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(at);
  const tomorrow = new Date(now.getTime() + 24 * 60 * 60 * 1000);
  return { ahead, behind, day: dayIn(ahead, now), tomorrowBehind: dayIn(behind, tomorrow) };
}
