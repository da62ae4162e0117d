import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { describe, expect, inject, test } from 'vitest';
import { dataConverterWith, newPayloadKey } from '../support/payload-keys.js';
import { plantedBundle } from '../support/planted-bundle.js';
import { historiesOf, RELEASES } from '../support/recorded.js';
import '../support/temporal-runtime.js';
import { isReleased, record } from './recorder/record.js';

const { History } = temporal.api.history.v1;

/**
 * Law 9: a booking that began under an older release continues under this one. The histories of a release show bookings as
 * they ran under it. They are kept for good; `npm run histories` records those of the version in package.json.
 */
const NAMES = [
  'called-off',
  'called-off-after',
  'confirmed',
  'deadline',
  'parked-and-resumed',
  'refused',
  'stages-and-choices',
  'stuck-undo',
];

// A test, because waiting for a booking works only within one.
if (process.env['RECORD_HISTORIES']) test('what this release records is kept', record);

test('what a release has recorded is never recorded again: a version is released once the changelog dates it', () => {
  const changelog = '# Changelog\n\n## [1.1.0] - unreleased\n\n## [1.0.0] - 2026-12-01\n';
  expect(isReleased('1.0.0', changelog)).toBe(true);
  expect(isReleased('1.1.0', changelog)).toBe(false);
});

test('a history is recorded for every course that a booking can take', async () => {
  const newest = await historiesOf(RELEASES.at(-1)!);
  expect(newest.map(({ name }) => name).sort()).toEqual(NAMES);
});

describe.each(RELEASES)('the histories of %s', (release) => {
  test('law 9: all replay on the current code', async () => {
    for (const { history } of await historiesOf(release))
      await Worker.runReplayHistory({ workflowBundle: { codePath: inject('workflowBundle') } }, history);
  });

  test('law 9: all replay with a payload codec, both as they are and encrypted', async () => {
    const workflowBundle = { codePath: inject('workflowBundle') };
    const dataConverter = dataConverterWith(newPayloadKey('b'), newPayloadKey('a'));
    const [codec] = dataConverter.payloadCodecs ?? [];
    for (const { history } of await historiesOf(release)) {
      await Worker.runReplayHistory({ workflowBundle, dataConverter }, history);
      const encrypted = History.fromObject((await encryptedBy(codec!, history)) as object);
      expect(Buffer.from(History.encode(encrypted).finish()).includes('John')).toBe(false);
      await Worker.runReplayHistory({ workflowBundle, dataConverter }, encrypted);
    }
  });

  test('law 9: a change to what a booking does next is detected', async () => {
    const codePath = await plantedBundle('model/legs.ts', 'swapped-legs.ts');
    const confirmed = (await historiesOf(release)).find(({ name }) => name === 'confirmed');
    await expect(
      Worker.runReplayHistory({ workflowBundle: { codePath } }, confirmed!.history),
    ).rejects.toThrow(DeterminismViolationError);
  });
});

/** Encrypts all payloads except those that never pass through a codec: search attributes, and the data of Core's markers. */
async function encryptedBy(codec: PayloadCodec, message: unknown, within = ''): Promise<unknown> {
  if (typeof message !== 'object' || message === null || message instanceof Uint8Array) return message;
  if (within === 'searchAttributes' || within === 'data') return message;
  if ('metadata' in message) return (await codec.encode([message as Payload]))[0];
  if (Array.isArray(message)) return Promise.all(message.map((one) => encryptedBy(codec, one)));
  const entries = Object.entries(message).map(async ([name, value]) => [
    name,
    await encryptedBy(codec, value, name),
  ]);
  return Object.fromEntries(await Promise.all(entries)) as unknown;
}
