import type { Money } from '../model/money.js';
import { digitsOf } from './currencies.js';

/** An amount with exactly the digits of its currency: `249.90`, `12.345` (BHD), `38500` (JPY). */
export function toDecimal({ minor, currency }: Money): string {
  const digits = digitsOf(currency);
  if (digits === 0) return String(minor);
  const padded = String(minor).padStart(digits + 1, '0');
  return `${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

/**
 * Reads a decimal number of at least 0, such as `249.9`. Zeros after the currency's last digit are no mistake.
 * @returns the minor units, or `undefined` if it has more digits than the currency, or too many to be exact
 */
export function toMinor(amount: string, currency: string): number | undefined {
  const [, whole = '', fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
  const digits = digitsOf(currency);
  const places = fraction.replace(/0+$/, '');
  if (whole === '' || places.length > digits) return undefined;
  const minor = Number(whole + places.padEnd(digits, '0'));
  return Number.isSafeInteger(minor) ? minor : undefined;
}
