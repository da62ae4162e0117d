/**
 * A query's arguments that can't be answered: the client's mistake. A query has no `userErrors` to put it in, so it is
 * thrown, and the message is meant for the client.
 */
export class InvalidQuery extends Error {
  override readonly name = 'InvalidQuery';
}
