import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { PAYLOAD_KEYS } from '../../src/config/payload-keys.js';
import { readSettings } from '../../src/config/settings.js';
import { createDataConverter } from '../../src/temporal/data-converter.js';

/** A new key, as written in PAYLOAD_KEYS. */
export const newPayloadKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;

/** What a program with these keys reads and writes workflows with. */
export function dataConverterWith(...keys: readonly string[]): DataConverter {
  const { ring } = readSettings({ ring: PAYLOAD_KEYS }, { PAYLOAD_KEYS: keys.join(',') });
  const converter = createDataConverter(ring);
  if (!converter) throw new Error('no keys');
  return converter;
}

/** The build's workflow code for workers with a payload codec. */
export const ENCODING_BUNDLE = fileURLToPath(
  new URL('../../dist/workflow-bundle-encoding.js', import.meta.url),
);
