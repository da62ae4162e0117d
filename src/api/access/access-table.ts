/**
 * - `anyone`: no token is needed.
 * - `traveller`: needs a token. Travellers see and change only their own bookings; to them, all others don't exist.
 * - `operator`: needs a token with that role.
 */
export type Who = 'anyone' | 'traveller' | 'operator';

const all = <W extends Who>(who: W, fields: string): Record<string, W> =>
  Object.fromEntries(fields.split(' ').map((field) => [field, who]));

/**
 * Who may use each field. A field that isn't listed keeps the API from starting. Fields of objects are reached only through
 * the fields of Query, Mutation and Subscription, which refuse; an object's field that the caller may not see is null.
 */
export const ACCESS: Readonly<Record<string, Readonly<Record<string, Who>>>> = {
  Query: { viewer: 'anyone', offers: 'anyone', booking: 'traveller', bookings: 'traveller' },
  Mutation: {
    bookVacation: 'traveller',
    cancelBooking: 'traveller',
    retryUndo: 'operator',
    settleUndo: 'operator',
    resumeBooking: 'operator',
  },
  Subscription: { bookingUpdated: 'traveller' },
  Viewer: all('anyone', 'subject roles'),
  Booking: {
    ...all('traveller', 'id userId status done createdAt cancelled car hotel flight result legs failure'),
    ...all('traveller', 'cancellation asOf source timeline'),
    ...all('operator', 'temporalUrl'),
  },
  Leg: all('traveller', 'id kind state offerId attempts lastError since earlierFailures'),
  BookingFailure: all('traveller', 'code leg legId message'),
  BookingCancellation: all('traveller', 'by reason at'),
  SagaEvent: all('traveller', 'at leg legId state attempt message'),
  BookingConnection: all('traveller', 'edges nodes pageInfo'),
  BookingEdge: all('traveller', 'cursor node'),
  BookVacationPayload: all('traveller', 'booking replayed userErrors'),
  CancelBookingPayload: all('traveller', 'booking userErrors'),
  UndoPayload: all('operator', 'booking userErrors'),
  ResumeBookingPayload: all('operator', 'booking userErrors'),
  OfferConnection: all('anyone', 'edges nodes pageInfo'),
  OfferEdge: all('anyone', 'cursor node'),
  Offer: all('anyone', 'id kind title place from to price available'),
  Money: all('anyone', 'amount currency'),
  PageInfo: all('anyone', 'hasNextPage hasPreviousPage startCursor endCursor'),
  InvalidInputError: all('traveller', 'code message field'),
  IdempotencyKeyReusedError: all('traveller', 'code message field bookingId'),
  BookingNotFoundError: all('traveller', 'code message field'),
  AlreadyCancelledError: all('traveller', 'code message field'),
  UndoNotStuckError: all('operator', 'code message field'),
  BookingNotParkedError: all('operator', 'code message field'),
};
