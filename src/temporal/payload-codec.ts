import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';

// The package is CommonJS, so Node sees only its default export.
const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

export interface PayloadKey {
  readonly id: string;
  /** 32 bytes. */
  readonly secret: KeyObject;
}

const CIPHER = 'aes-256-gcm';
/** The nonce length that GCM is specified for. A random one is safe for 2^32 payloads per key (NIST SP 800-38D, 8.3). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The names that Temporal's own samples use, so that other tools recognise an encrypted payload. */
const ENCODING = 'encoding';
const ENCRYPTED = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';

/** A payload can't be decrypted. The message says which key it needs, and contains nothing of the payload. */
export class UndecryptablePayload extends Error {
  override readonly name = 'UndecryptablePayload';
}

/**
 * Encrypts everything that Temporal stores of a workflow with AES-256-GCM: arguments, results, failures, summaries. Search
 * attributes never pass through a codec. The data of an encrypted payload is nonce, ciphertext and tag; the ciphertext is
 * the whole original payload, so its metadata is hidden too. The encrypted payload's own metadata is authenticated.
 *
 * Payloads that aren't encrypted are passed on: they are older than the keys, or come from an operator's command line.
 *
 * @param keys the first one encrypts, all of them decrypt
 */
export function createPayloadCodec(keys: readonly [PayloadKey, ...PayloadKey[]]): PayloadCodec {
  const [current] = keys;
  const ring: ReadonlyMap<string, PayloadKey> = new Map(keys.map((key) => [key.id, key]));

  function encrypt(payload: Payload): Payload {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, current.secret, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(authenticated(current.id));
    const plain = PayloadMessage.encode(payload).finish();
    const data = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { metadata: { [ENCODING]: bytes(ENCRYPTED), [KEY_ID]: bytes(current.id) }, data };
  }

  function decrypt(payload: Payload): Payload {
    if (textOf(payload, ENCODING) !== ENCRYPTED) return payload;
    const id = textOf(payload, KEY_ID);
    const key = ring.get(id);
    if (!key) {
      const known = [...ring.keys()].join(', ');
      throw new UndecryptablePayload(
        `A payload is encrypted with the key ${JSON.stringify(id)}, which is not in PAYLOAD_KEYS (it has ${known}). Add that key after the first one.`,
      );
    }
    const data = payload.data ?? new Uint8Array();
    try {
      const decipher = createDecipheriv(CIPHER, key.secret, data.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(authenticated(id));
      decipher.setAuthTag(data.subarray(-TAG_BYTES));
      const plain = Buffer.concat([
        decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]);
      return PayloadMessage.decode(plain);
    } catch (cause) {
      throw new UndecryptablePayload(
        `A payload can't be decrypted with the key ${id}: it was altered, or PAYLOAD_KEYS has another key under this id.`,
        { cause },
      );
    }
  }

  return {
    encode: (payloads) => Promise.all(payloads.map(async (payload) => encrypt(payload))),
    decode: (payloads) => Promise.all(payloads.map(async (payload) => decrypt(payload))),
  };
}

/** The metadata that the tag covers. The encoding is fixed, so the id's end is unambiguous. */
const authenticated = (keyId: string) => Buffer.from(`${ENCRYPTED}\n${keyId}`);

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

const textOf = ({ metadata }: Payload, name: string) => Buffer.from(metadata?.[name] ?? []).toString();
