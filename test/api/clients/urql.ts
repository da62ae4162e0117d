import { createClient, fetchExchange, subscriptionExchange } from '@urql/core';
import type { Client, Sink } from 'graphql-ws';

export function createUrqlClient(url: string, socket: Client) {
  return createClient({
    url,
    // By default urql sends short queries as GET, which is refused.
    preferGetMethod: false,
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables = {} }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink as Sink) }),
        }),
      }),
    ],
  });
}
