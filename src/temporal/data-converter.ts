import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { createPayloadCodec, type PayloadKey } from './payload-codec.js';

/** Its path: the workflow bundle must be made with the same converter. */
export const FAILURE_CONVERTER = fileURLToPath(new URL('failure-converter.cjs', import.meta.url));

/** What clients and workers need to read and write encrypted workflows; `undefined` without keys. */
export function createDataConverter(keys: readonly PayloadKey[]): DataConverter | undefined {
  const [current, ...others] = keys;
  if (!current) return undefined;
  return {
    payloadCodecs: [createPayloadCodec([current, ...others])],
    failureConverterPath: FAILURE_CONVERTER,
  };
}
