/**
 * Told to whoever subscribes in a way that isn't spoken here: an older protocol, an event stream, a POST. It has to fit
 * into the reason with which a WebSocket is closed, of 123 bytes.
 */
export const SUBSCRIBE_HERE =
  'Subscriptions are served over WebSocket at this address, by the subprotocol graphql-transport-ws (npm graphql-ws).';
