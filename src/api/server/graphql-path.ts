import type { IncomingMessage } from 'node:http';

export const GRAPHQL_PATH = '/graphql';

/** As Express matches paths: case-insensitive, with or without a trailing slash. Some proxies send the absolute URL. */
const AT_GRAPHQL = /^(?:https?:\/\/[^/?#]+)?\/graphql\/?(?:[?#]|$)/i;

/** Whether a request is for the endpoint, over HTTP or WebSocket. */
export const isForGraphql = ({ url = '' }: IncomingMessage): boolean => AT_GRAPHQL.test(url);

/**
 * Sent to clients that subscribe in an unsupported way: an older protocol, an event stream, a POST. It has to fit into the
 * reason of a WebSocket close frame, which is limited to 123 bytes.
 */
export const SUBSCRIBE_HERE =
  'Subscriptions are served over WebSocket at this address, using the graphql-transport-ws subprotocol (npm graphql-ws).';
