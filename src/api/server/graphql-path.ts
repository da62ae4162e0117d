import type { IncomingMessage } from 'node:http';

export const GRAPHQL_PATH = '/graphql';

/** As Express takes a path: in any case, with a slash at its end or without. Some proxies send the whole address. */
const AT_GRAPHQL = /^(?:https?:\/\/[^/?#]+)?\/graphql\/?(?:[?#]|$)/i;

/** Whether the endpoint is asked for: the same over HTTP and WebSocket. */
export const isForGraphql = ({ url = '' }: IncomingMessage): boolean => AT_GRAPHQL.test(url);
