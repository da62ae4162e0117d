import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { BASE_PATH, socketUrl } from './endpoint.js';

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
