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
  Query: {
    viewer: 'anyone',
    offers: 'anyone',
    offer: 'anyone',
    quoteTrip: 'anyone',
    packages: 'anyone',
    places: 'anyone',
    booking: 'traveller',
    bookings: 'traveller',
    health: 'operator',
  },
  Mutation: {
    bookVacation: 'traveller',
    bookTrip: 'traveller',
    cancelBooking: 'traveller',
    retryUndo: 'operator',
    settleUndo: 'operator',
    resumeBooking: 'operator',
  },
  Subscription: { bookingUpdated: 'traveller' },
  Viewer: all('anyone', 'subject roles'),
  Booking: {
    ...all(
      'traveller',
      'id reference name owner userId status done createdAt deadline cancelled car hotel flight result total from to legs failure',
    ),
    ...all('traveller', 'cancellation asOf source timeline'),
    ...all('operator', 'temporalUrl'),
  },
  Leg: {
    ...all(
      'traveller',
      'id kind offerId alternatives quantity required stage state attempts lastError since',
    ),
    ...all('traveller', 'earlierFailures tried failure title place from to price confirmation'),
    ...all('operator', 'supplier'),
  },
  TriedOffer: all('traveller', 'offerId code message'),
  BookingFailure: all('traveller', 'code leg legId message'),
  BookingCancellation: all('traveller', 'by reason at'),
  SagaEvent: all('traveller', 'at leg legId state attempt message'),
  BookingConnection: all('traveller', 'edges nodes pageInfo'),
  BookingEdge: all('traveller', 'cursor node'),
  BookVacationPayload: all('traveller', 'booking replayed userErrors'),
  BookTripPayload: all('traveller', 'booking replayed userErrors'),
  CancelBookingPayload: all('traveller', 'booking userErrors'),
  UndoPayload: all('operator', 'booking userErrors'),
  ResumeBookingPayload: all('operator', 'booking userErrors'),
  OfferConnection: all('anyone', 'edges nodes pageInfo'),
  OfferEdge: all('anyone', 'cursor node'),
  Offer: all('anyone', 'id kind title place from to timeZone past price travellersPerUnit available'),
  QuoteTripPayload: all('anyone', 'quote userErrors'),
  Quote: all('anyone', 'id total expiresAt legs warnings'),
  QuotedLeg: all('anyone', 'id kind quantity required offerId offer price alternatives'),
  QuotedAlternative: all('anyone', 'offerId offer price'),
  QuoteWarning: all('anyone', 'code message legIds from to'),
  QuoteTripUserError: all('anyone', 'code message field'),
  PackageConnection: all('anyone', 'edges nodes pageInfo'),
  PackageEdge: all('anyone', 'cursor node'),
  Package: all('anyone', 'place from to nights total legs'),
  PackageLeg: all('anyone', 'offer quantity price'),
  PlaceConnection: all('anyone', 'edges nodes pageInfo'),
  PlaceEdge: all('anyone', 'cursor node'),
  Place: all('anyone', 'name from to'),
  Health: all('operator', 'database temporal workers suppliers bookings'),
  ServiceHealth: all('operator', 'up message'),
  SupplierHealth: all('operator', 'name failingLegs latestError latestAt'),
  BookingCount: all('operator', 'status count oldest'),
  Money: all('anyone', 'amount currency formatted'),
  PageInfo: all('anyone', 'hasNextPage hasPreviousPage startCursor endCursor'),
  BookVacationUserError: all('traveller', 'code message field bookingId'),
  BookTripUserError: all('traveller', 'code message field bookingId'),
  CancelBookingUserError: all('traveller', 'code message field'),
  UndoUserError: all('operator', 'code message field'),
  ResumeBookingUserError: all('operator', 'code message field'),
};
