import { GraphQLClient } from 'graphql-request';

export function createRequestClient(url: string) {
  return new GraphQLClient(url);
}
