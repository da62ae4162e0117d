/** The tabs that GraphiQL opens on, the first time. Without variables: it doesn't send those of tabs it was given. */
export const EXAMPLES = [
  {
    query: `# Books a trip and returns at once. "invalid-hotel-id" instead makes it roll back.
mutation BookVacation {
  bookVacation(
    input: {
      name: "John Doe"
      attempts: 5
      car: "valid-car-id"
      hotel: "valid-hotel-id"
      flight: "valid-flight-id"
    }
  ) {
    booking {
      id
      status
    }
    userErrors {
      code
      message
      field
    }
  }
}
`,
  },
  {
    query: `# Put the id of a booking in, and watch it until its end.
subscription BookingUpdated {
  bookingUpdated(id: "john-doe-…") {
    status
    result
    legs {
      kind
      state
      attempts
      lastError
    }
  }
}
`,
  },
  {
    query: `# The bookings, newest first.
query Bookings {
  bookings(first: 10) {
    nodes {
      id
      status
      createdAt
      result
      failure {
        code
        leg
        message
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
  },
  {
    query: `# What can be booked.
query Offers {
  offers(kind: HOTEL, first: 10) {
    nodes {
      id
      title
      place
      from
      to
      price {
        amount
        currency
      }
      available
    }
  }
}
`,
  },
  {
    query: `# Calls a booking off, while it is being booked or afterwards.
mutation CancelBooking {
  cancelBooking(input: { id: "john-doe-…", reason: "the dog is ill" }) {
    booking {
      status
    }
    userErrors {
      code
      message
    }
  }
}
`,
  },
];
