import ipaddr from 'ipaddr.js';
import { ANONYMOUS } from '../../model/order.js';
import type { RequestContext } from '../access/context.js';

/** Bytes of an IPv6 address that name a network. A subscriber has all the addresses in it. */
const NETWORK_BYTES = 8;

/** Whom limits count: the subject, or while anonymous the client's address, an IPv6 address by its /64. */
export function callerKey({
  caller,
  clientAddress,
}: Pick<RequestContext, 'caller'> & Partial<Pick<RequestContext, 'clientAddress'>>): string {
  return caller.subject === ANONYMOUS.subject ? addressKey(clientAddress) : `subject ${caller.subject}`;
}

export function addressKey(address = ''): string {
  if (!ipaddr.isValid(address)) return 'address unknown';
  // As IPv4 where an IPv6 socket has accepted an IPv4 connection.
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return `address ${parsed.toString()}`;
  return `network ${Buffer.from(parsed.toByteArray().slice(0, NETWORK_BYTES)).toString('hex')}`;
}
