import type { IncomingMessage } from 'node:http';

export const GRAPHQL_PATH = '/graphql';

/** As Express takes a path: in any case, with a slash at its end or without. Some proxies send the whole address. */
const AT_GRAPHQL = /^(?:https?:\/\/[^/?#]+)?\/graphql\/?(?:[?#]|$)/i;

/** Whether the endpoint is asked for: the same over HTTP and WebSocket. */
export const isForGraphql = ({ url = '' }: IncomingMessage): boolean => AT_GRAPHQL.test(url);

/**
 * Told to whoever subscribes in a way that isn't spoken here: an older protocol, an event stream, a POST. It has to fit
 * into the reason with which a WebSocket is closed, of 123 bytes.
 */
export const SUBSCRIBE_HERE =
  'Subscriptions are served over WebSocket at this address, by the subprotocol graphql-transport-ws (npm graphql-ws).';
