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

/** Books a trip without waiting for the outcome. @returns the booking's id */
export async function acceptTrip(url: string, choice: object = {}): Promise<string> {
  const { bookVacation } = await ask<Booked>(url, BOOK, { input: { ...INPUT, ...choice } });
  if (!bookVacation.booking) throw new Error(JSON.stringify(bookVacation));
  return bookVacation.booking.id;
}
