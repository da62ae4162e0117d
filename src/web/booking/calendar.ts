import ical from 'ical-generator';
import type { LegPartsFragment, WholeBookingFragment } from '../../client/generated.js';

type Money = WholeBookingFragment['total'][number];
type DatedLeg = LegPartsFragment & { readonly from: string };

const DAY_MS = 86_400_000;

/** The legs that a calendar can show. */
export const datedLegs = ({ legs }: Pick<WholeBookingFragment, 'legs'>): DatedLeg[] =>
  legs.filter((leg): leg is DatedLeg => leg.state === 'BOOKED' && typeof leg.from === 'string');

/**
 * The trip as an iCalendar file: whole days of each leg. The same leg always has the same UID, so that importing the file
 * again replaces the events.
 */
export function calendarOf(booking: WholeBookingFragment, money: (sum: Money) => string): string {
  const { id, reference, total, asOf } = booking;
  const calendar = ical({
    name: `Trip ${reference}`,
    prodId: { company: 'Tripsaga', product: 'Bookings', language: 'EN' },
  });
  const paid = total.length > 0 && `Total of the trip: ${total.map(money).join(' and ')}`;
  for (const leg of datedLegs(booking)) {
    const { quantity, title, offerId, confirmation, price, place, from, to } = leg;
    const lines = [
      confirmation && `Confirmation number: ${confirmation}`,
      `Booking: ${reference}`,
      price && `Price: ${money(price)}`,
      paid,
    ];
    calendar.createEvent({
      id: `${id}/${leg.id}@tripsaga`,
      stamp: new Date(asOf),
      allDay: true,
      start: new Date(from),
      // Exclusive: the day after the last.
      end: new Date(Date.parse(to ?? from) + DAY_MS),
      summary: `${quantity > 1 ? `${quantity} × ` : ''}${title ?? offerId}`,
      description: lines.filter(Boolean).join('\n'),
      ...(place && { location: place }),
    });
  }
  return calendar.toString();
}
