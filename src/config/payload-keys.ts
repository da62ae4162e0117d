import { createSecretKey, type KeyObject } from 'node:crypto';
import { commaSeparated, setting } from './settings.js';

/** A key of the payload codec. A `KeyObject` because, unlike a buffer, it shows nothing of the key when it is logged. */
interface PayloadKey {
  readonly id: string;
  readonly secret: KeyObject;
}

const KEY_BYTES = 32;
const ID = /^[\w.-]{1,64}$/;
/** Standard base64 of 32 bytes. Its last digit stands for four bits, so its two lowest bits must be zero. */
const KEY = /^[A-Za-z\d+/]{42}[AEIMQUYcgkosw048]=$/;

/** Messages name a key by its id or its place in the list, because anything else in the setting may be the secret itself. */
const payloadKeys = commaSeparated.transform((entries, context): readonly PayloadKey[] => {
  const seen = new Set<string>();
  return entries.flatMap((entry, index) => {
    const [, id = '', base64 = ''] = /^([^:]*):(.*)$/s.exec(entry) ?? [];
    const report = (message: string) => {
      context.addIssue({ code: 'custom', message });
      return [];
    };
    if (!ID.test(id)) {
      return report(
        `key ${index + 1} must be written as id:base64, with an id of up to 64 letters, digits and -._`,
      );
    }
    if (seen.has(id)) return report(`the key id ${id} occurs more than once`);
    seen.add(id);
    if (!KEY.test(base64))
      return report(`the key ${id} must be ${KEY_BYTES} bytes in base64 (44 characters)`);
    return [{ id, secret: createSecretKey(base64, 'base64') }];
  });
});

/** The keys of the payload codec: the first one encrypts, all of them decrypt. Without keys there is no codec. */
export const PAYLOAD_KEYS = setting('PAYLOAD_KEYS', payloadKeys, '');

/** The same setting for a program that is no use without keys. */
export const REQUIRED_PAYLOAD_KEYS = setting(
  PAYLOAD_KEYS.variable,
  payloadKeys.refine((keys) => keys.length > 0, {
    error: 'is missing: set it as for the API and the workers',
    abort: true,
  }),
  '',
);
