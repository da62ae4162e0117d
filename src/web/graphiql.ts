import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { BASE_PATH } from './base-path.js';
import { socketUrl } from './net/endpoint.js';

/** The tabs that GraphiQL opens at first. They have no variables, because GraphiQL doesn't send those of predefined tabs. */
export const EXAMPLES = [
  {
    query: `# Books a trip and returns at once. Use "invalid-hotel-id" to see a rollback.
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
    query: `# Books any list of legs. The first hotel refuses, so the second is booked; the excursion is optional.
mutation BookTrip {
  bookTrip(
    input: {
      name: "Ada Lovelace"
      waitSeconds: 30
      legs: [
        { kind: FLIGHT, offerId: "flight-lisbon-economy", quantity: 2, stage: 1 }
        { kind: HOTEL, offerId: "invalid-hotel-id", alternatives: ["hotel-lisbon-alfama"], stage: 1 }
        { kind: EXCURSION, offerId: "excursion-lisbon-sintra", required: false, stage: 2 }
      ]
    }
  ) {
    booking {
      id
      status
      legs {
        id
        state
        offerId
        title
        confirmation
        tried {
          offerId
          code
        }
      }
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
    query: `# Enter the id of a booking to follow it until it is done.
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
    query: `# Lists the bookings, newest first.
query Bookings {
  bookings(first: 10) {
    nodes {
      id
      status
      createdAt
      result
      failure {
        code
        legId
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
    query: `# Lists the offers that can be booked.
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
    query: `# Finds a car, a hotel and a flight that fit together, for two.
query Packages {
  packages(place: "Lisbon", travellers: 2, first: 10) {
    nodes {
      from
      to
      nights
      total {
        amount
        currency
      }
      legs {
        quantity
        offer {
          id
          kind
          title
        }
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
    query: `# Prices a trip and books nothing. bookTrip takes the id of the quote, and the same legs.
query QuoteTrip {
  quoteTrip(
    input: {
      travellers: 2
      legs: [
        { kind: HOTEL, offerId: "hotel-lisbon-alfama" }
        { kind: FLIGHT, offerId: "flight-lisbon-economy", quantity: 2 }
      ]
    }
  ) {
    quote {
      id
      expiresAt
      total {
        amount
        currency
        formatted(locale: "en")
      }
      warnings {
        code
        message
        legIds
      }
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
    query: `# Calls a booking off, while it is being booked or after that.
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

const container = document.getElementById('graphiql');
if (!container) throw new Error('graphiql.html has no #graphiql element');

const fetcher = createGraphiQLFetcher({ url: `${BASE_PATH}/graphql`, subscriptionUrl: socketUrl() });
createRoot(container).render(createElement(GraphiQL, { fetcher, defaultTabs: EXAMPLES }));
