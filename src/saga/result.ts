import type { BookingResult } from '../model/booking-result.js';
import type { BookingState } from '../model/booking-state.js';
import { bookedText } from '../model/tutorial-reply.js';

export function successResult(booking: BookingState): BookingResult {
  const [car, hotel, flight] = booking.legs.map((leg) => leg.offerId) as [string, string, string];
  return {
    status: 'success',
    message: bookedText(booking),
    booked_car: car,
    booked_hotel: hotel,
    booked_flight: flight,
    booking,
  };
}

export function failureResult(booking: BookingState): BookingResult {
  return { status: 'failure', message: booking.failure?.message ?? 'The trip could not be booked.', booking };
}
