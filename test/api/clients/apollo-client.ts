import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import type { Client } from 'graphql-ws';

export function createApolloClient(url: string, socket: Client) {
  return new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      new HttpLink({ uri: url }),
    ),
    cache: new InMemoryCache({
      // Leg ids are unique only within a booking: without this, all bookings would share one `car`.
      typePolicies: { Leg: { keyFields: false } },
      // Without these, the fields of fragments on UserError are lost.
      possibleTypes: {
        UserError: [
          'BookTripUserError',
          'BookVacationUserError',
          'CancelBookingUserError',
          'QuoteTripUserError',
          'ResumeBookingUserError',
          'UndoUserError',
        ],
      },
    }),
  });
}
