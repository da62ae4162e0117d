import { ask } from './measure.js';

const BOOK = `mutation ($input: BookVacationInput!) {
  bookVacation(input: $input) { booking { id status } userErrors { message } }
}`;
const INPUT = { name: 'Bench', car: 'valid-car-id', hotel: 'hotel-down-0', flight: 'valid-flight-id' };

interface Booked {
  readonly bookVacation: { readonly booking: { readonly id: string; readonly status: string } | null };
}

/** Books a trip with suppliers that respond immediately, and waits for the outcome. */
export async function bookTrip(url: string): Promise<void> {
  const { bookVacation } = await ask<Booked>(url, BOOK, { input: { ...INPUT, waitSeconds: 50 } });
  if (bookVacation.booking?.status !== 'CONFIRMED') throw new Error(JSON.stringify(bookVacation));
}

const BOOK_TRIP = `mutation ($input: BookTripInput!) {
  bookTrip(input: $input) { booking { id status } userErrors { message } }
}`;

/** Books a trip of so many legs in one stage, and waits for the outcome. */
export async function bookLegs(url: string, count: number): Promise<void> {
  const legs = Array.from({ length: count }, (_, n) => ({
    kind: 'CAR',
    offerId: `valid-car-id-${n}-slow-0`,
    stage: 1,
  }));
  const input = { name: 'Bench', legs, waitSeconds: 50 };
  const { bookTrip } = await ask<{ readonly bookTrip: Booked['bookVacation'] }>(url, BOOK_TRIP, { input });
  if (bookTrip.booking?.status !== 'CONFIRMED') throw new Error(JSON.stringify(bookTrip));
}

/** Books a trip without waiting for the outcome. @returns the booking's id */
export async function acceptTrip(url: string, choice: object = {}): Promise<string> {
  const { bookVacation } = await ask<Booked>(url, BOOK, { input: { ...INPUT, ...choice } });
  if (!bookVacation.booking) throw new Error(JSON.stringify(bookVacation));
  return bookVacation.booking.id;
}
