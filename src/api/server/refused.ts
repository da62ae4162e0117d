/** Thrown for a request that is rejected before GraphQL. The message is for the client. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const IN_UTF8 = 'Send the body in UTF-8, with charset=utf-8 in its Content-Type or without a charset.';
