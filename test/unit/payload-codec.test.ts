import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { PAYLOAD_KEYS } from '../../src/config/payload-keys.js';
import { readSettings } from '../../src/config/settings.js';
import {
  createPayloadCodec,
  type PayloadKey,
  UndecryptablePayload,
} from '../../src/temporal/payload-codec.js';
import { problemsOf } from './fixtures/environment.js';

const newKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const read = (setting: string) =>
  readSettings({ keys: PAYLOAD_KEYS }, { PAYLOAD_KEYS: setting }).keys as readonly [
    PayloadKey,
    ...PayloadKey[],
  ];
const codecWith = (...keys: string[]) => createPayloadCodec(read(keys.join(',')));

const [A, B] = [newKey('a'), newKey('b')];
const ada = defaultPayloadConverter.toPayload({ name: 'Ada Lovelace' });
const metadataOf = ({ metadata }: Payload) =>
  Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString()]),
  );
const flipped = (data: Uint8Array, at: number) => data.map((byte, index) => (index === at ? byte ^ 1 : byte));

async function encrypted(payload: Payload, ...keys: string[]) {
  const [one] = await codecWith(...keys).encode([payload]);
  return { metadata: one?.metadata ?? {}, data: one?.data ?? new Uint8Array() };
}

describe('a payload', () => {
  test('is the same after encryption and decryption, its metadata included', async () => {
    const plain: Payload = {
      metadata: { encoding: Buffer.from('json/plain'), kind: randomBytes(3) },
      data: randomBytes(99),
    };
    const codec = codecWith(A);
    const [decrypted] = await codec.decode(await codec.encode([plain]));
    expect(metadataOf(decrypted!)).toEqual(metadataOf(plain));
    expect(Buffer.from(decrypted!.data!)).toEqual(plain.data);
  });

  test.each([{ data: new Uint8Array() }, {}])('without content stays without content: %j', async (plain) => {
    const codec = codecWith(A);
    const [decrypted] = await codec.decode(await codec.encode([plain]));
    expect(decrypted?.data ?? []).toHaveLength(0);
    expect(metadataOf(decrypted!)).toEqual({});
  });

  test('shows nothing but the encoding and the id of its key', async () => {
    const { metadata, data } = await encrypted(ada, A);
    expect(metadataOf({ metadata })).toEqual({ encoding: 'binary/encrypted', 'encryption-key-id': 'a' });
    expect(Buffer.from(data).toString('latin1')).not.toMatch(/Ada|Lovelace|name|json/);
  });

  test('never has the same nonce or ciphertext twice', async () => {
    const many = await codecWith(A).encode(Array.from({ length: 1000 }, () => ada));
    const parts = many.map(({ data }) => Buffer.from(data ?? []).toString('hex'));
    expect(new Set(parts.map((hex) => hex.slice(0, 24))).size).toBe(1000);
    expect(new Set(parts.map((hex) => hex.slice(24, 48))).size).toBe(1000);
  });

  test('that is not encrypted is passed on as it is', async () => {
    expect(await codecWith(A).decode([ada, {}])).toEqual([ada, {}]);
  });
});

describe('a payload that was altered is refused with the name of its key and of the setting:', () => {
  const refusal = /the key a: it was altered, or PAYLOAD_KEYS has another key under this id/;

  test('any byte of nonce, ciphertext and tag', async () => {
    const { metadata, data } = await encrypted(ada, A);
    for (let at = 0; at < data.length; at++) {
      await expect(codecWith(A).decode([{ metadata, data: flipped(data, at) }])).rejects.toThrow(refusal);
    }
  });

  test('its length', async () => {
    const { metadata, data } = await encrypted(ada, A);
    for (const length of [0, 1, 12, 27, 28, data.length - 1]) {
      await expect(codecWith(A).decode([{ metadata, data: data.subarray(0, length) }])).rejects.toThrow(
        refusal,
      );
    }
    await expect(codecWith(A).decode([{ metadata }])).rejects.toThrow(refusal);
  });

  test('a tag shorter than 16 bytes', async () => {
    const { metadata, data } = await encrypted(ada, A);
    const cut = Buffer.concat([data.subarray(0, -16), data.subarray(-16, -12)]);
    await expect(codecWith(A).decode([{ metadata, data: cut }])).rejects.toThrow(UndecryptablePayload);
  });

  test('the id of its key, even if both ids name the same key', async () => {
    const same = A.replace('a:', 'b:');
    const { metadata, data } = await encrypted(ada, same);
    const renamed = { metadata: { ...metadata, 'encryption-key-id': Buffer.from('a') }, data };
    await expect(codecWith(A, same).decode([renamed])).rejects.toThrow(refusal);
  });

  test('a key that was replaced under its id', async () => {
    const payload = await encrypted(ada, newKey('a'));
    await expect(codecWith(A).decode([payload])).rejects.toThrow(refusal);
  });
});

describe('a key ring', () => {
  test('encrypts with its first key', async () => {
    expect(metadataOf(await encrypted(ada, B, A))).toMatchObject({ 'encryption-key-id': 'b' });
  });

  test('decrypts with each of its keys', async () => {
    const payloads = [await encrypted(ada, A), await encrypted(ada, B)];
    const decrypted = await codecWith(B, A).decode(payloads);
    expect(decrypted.map((payload) => defaultPayloadConverter.fromPayload(payload))).toEqual([
      { name: 'Ada Lovelace' },
      { name: 'Ada Lovelace' },
    ]);
  });

  test('without the key that a payload needs says which one is missing, and where', async () => {
    const payload = await encrypted(ada, A);
    await expect(codecWith(B).decode([payload])).rejects.toThrow(
      'A payload is encrypted with the key "a", which is not in PAYLOAD_KEYS (it has b). Add that key after the first one.',
    );
  });
});

describe('PAYLOAD_KEYS', () => {
  test('is empty by default, and may have spaces after its commas', () => {
    expect(read('')).toEqual([]);
    expect(read(`${A}, ${B}`).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  test('reports every wrong key at once, without any part of a key', () => {
    const wrong = [
      'secret-without-id',
      `has space:${randomBytes(32).toString('base64')}`,
      'short:c2hvcnQ=',
      `long:${randomBytes(33).toString('base64')}`,
      `url:${Buffer.alloc(32, 255).toString('base64url')}`,
      `unpadded:${randomBytes(32).toString('base64').slice(0, -1)}`,
      // Its last bits would be dropped without a word.
      `excess:${'A'.repeat(42)}B=`,
      A,
      newKey('a'),
    ];
    expect(problemsOf(() => read(wrong.join(',')))).toEqual([
      'PAYLOAD_KEYS: key 1 must be written as id:base64, with an id of up to 64 letters, digits and -._',
      'PAYLOAD_KEYS: key 2 must be written as id:base64, with an id of up to 64 letters, digits and -._',
      ...['short', 'long', 'url', 'unpadded', 'excess'].map(
        (id) => `PAYLOAD_KEYS: the key ${id} must be 32 bytes in base64 (44 characters)`,
      ),
      'PAYLOAD_KEYS: the key id a occurs more than once',
    ]);
  });

  test('shows no key when a configuration is logged', () => {
    const lines: string[] = [];
    const keys = read(A);
    pino({}, { write: (line: string) => void lines.push(line) }).error({ keys }, 'configuration');
    const shown = [inspect(keys, { depth: 9, showHidden: true }), JSON.stringify(keys), ...lines].join();
    const secret = Buffer.from(A.slice(2), 'base64');
    for (const encoding of ['base64', 'base64url', 'hex', 'latin1'] as const)
      expect(shown).not.toContain(secret.toString(encoding));
    expect(shown).not.toContain(secret.join(','));
    expect(shown).toContain('"id":"a"');
  });
});
