import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';

/** Origins from which Apollo's explorer calls an endpoint; allowed only outside production. */
export const SANDBOX_ORIGINS = [
  'https://studio.apollographql.com',
  'https://sandbox.embed.apollographql.com',
];

const EXAMPLE = `# Books a trip and waits for the outcome. With the hotel "invalid-hotel-id" it rolls back.
mutation BookVacation {
  bookVacation(
    input: {
      name: "John Doe"
      attempts: 5
      car: "valid-car-id"
      hotel: "valid-hotel-id"
      flight: "valid-flight-id"
      waitSeconds: 30
    }
  ) {
    booking {
      id
      status
      cancelled
      car
      hotel
      flight
      result
      temporalUrl
    }
    userErrors {
      code
      message
      field
    }
  }
}

# Put the id of the booking into the variables: { "id": "john-doe-…" }
query Booking($id: ID!) {
  booking(id: $id) {
    status
    done
    result
    failure {
      code
      legId
      message
    }
    legs {
      kind
      state
      attempts
      lastError
    }
  }
}
`;

/** Apollo Sandbox at the endpoint, opened with an example; disabled in production. */
export function createLandingPage(production: boolean): ApolloServerPlugin {
  if (production) return ApolloServerPluginLandingPageDisabled();
  return ApolloServerPluginLandingPageLocalDefault({ document: EXAMPLE, footer: false });
}
