import { ANONYMOUS, type BookingOrder, type Caller } from '../../model/order.js';

const OPERATOR = 'operator';

/** Every caller while authentication is off. */
export const ANYONE: Caller = { subject: ANONYMOUS.subject, roles: [OPERATOR] };

export const isOperator = ({ roles }: Caller): boolean => roles.includes(OPERATOR);

/** Whether the caller has a token, or needs none. */
export const isKnown = (caller: Caller): boolean =>
  caller.subject !== ANONYMOUS.subject || isOperator(caller);

/** Whether the caller may see and change a booking. If not, it must look as if there were no such booking. */
export const mayAccess = (
  caller: Caller,
  { order }: { readonly order: Pick<BookingOrder, 'caller'> },
): boolean => isOperator(caller) || order.caller.subject === caller.subject;

/** The caller may not do this. The message is for the client. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';
  constructor(
    readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN',
    message: string,
  ) {
    super(message);
  }
}
