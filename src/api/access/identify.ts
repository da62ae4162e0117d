import { ANONYMOUS } from '../../model/order.js';
import { ANYONE } from '../shared/callers.js';
import { type Identity, InvalidToken, type VerifyToken } from './tokens.js';

/** Finds out who sends a request, from its Authorization header. @throws InvalidToken, KeysUnavailable */
export type Identify = (authorization: string | undefined) => Promise<Identity>;

const BEARER = /^Bearer +([\w.~+/=-]+)$/i;

/** @param verify absent while authentication is off */
export function createIdentify(verify?: VerifyToken): Identify {
  return async (authorization) => {
    if (!verify) return { caller: ANYONE, expiresAt: Infinity };
    if (authorization === undefined) return { caller: ANONYMOUS, expiresAt: Infinity };
    const [, token] = BEARER.exec(authorization) ?? [];
    if (token === undefined) throw new InvalidToken('Send the token as Authorization: Bearer <token>.');
    return verify(token);
  };
}
