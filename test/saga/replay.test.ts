import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { expect, inject, test } from 'vitest';
import { decide, legStates } from '../support/booking-checks.js';
import { dataConverterWith, newPayloadKey } from '../support/payload-keys.js';
import { plantedBundle } from '../support/planted-bundle.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import '../support/temporal-runtime.js';
import type { TripChoice } from '../support/trips.js';

const { History } = temporal.api.history.v1;

/**
 * Law 9: from 1.0.0 on, a booking that began under an older release must continue under this one. The histories show bookings
 * as they ran when recorded. Before 1.0.0 there are no old bookings, so `npm run histories` records the histories again when
 * the workflow's commands change. After that, such a change goes behind `patched`, and the command only adds histories.
 */
const FOLDER = fileURLToPath(new URL('histories/', import.meta.url));

const NAMES = [
  'called-off',
  'called-off-after',
  'confirmed',
  'deadline',
  'parked-and-resumed',
  'refused',
  'stuck-undo',
];

async function load(name: string) {
  return History.fromObject(JSON.parse(await readFile(`${FOLDER}${name}.json`, 'utf8')) as object);
}

// A test, because waiting for a booking works only within one.
if (process.env['RECORD_HISTORIES']) {
  test('histories are recorded', async () => {
    const room = await openSagaRoom();
    await mkdir(FOLDER, { recursive: true });
    await record(room);
    await room.close();
  });
}

test('a history is recorded for every course that a booking can take', async () => {
  const files = await readdir(FOLDER);
  expect(files).toEqual(expect.arrayContaining(NAMES.map((name) => `${name}.json`)));
});

test('law 9: every recorded history replays on the current code', async () => {
  for (const file of await readdir(FOLDER)) {
    const history = await load(file.replace(/\.json$/, ''));
    await Worker.runReplayHistory({ workflowBundle: { codePath: inject('workflowBundle') } }, history);
  }
});

test('law 9: every recorded history replays with a payload codec, both as it is and encrypted', async () => {
  const workflowBundle = { codePath: inject('workflowBundle') };
  const dataConverter = dataConverterWith(newPayloadKey('b'), newPayloadKey('a'));
  const [codec] = dataConverter.payloadCodecs ?? [];
  for (const file of await readdir(FOLDER)) {
    const history = await load(file.replace(/\.json$/, ''));
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, history);
    const encrypted = History.fromObject((await encryptedBy(codec!, history)) as object);
    expect(Buffer.from(History.encode(encrypted).finish()).includes('John')).toBe(false);
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, encrypted);
  }
});

test('law 9: a change to what a booking does next is detected', async () => {
  const codePath = await plantedBundle('model/legs.ts', 'swapped-legs.ts');
  const history = await load('confirmed');
  await expect(Worker.runReplayHistory({ workflowBundle: { codePath } }, history)).rejects.toThrow(
    DeterminismViolationError,
  );
});

async function record(room: SagaRoom): Promise<void> {
  const { client, engine, holdUp } = room;
  async function save(name: string, { id }: RoomTrip): Promise<void> {
    await client.workflow.getHandle(id).result();
    const history = await client.workflow.getHandle(id).fetchHistory();
    const json = History.toObject(History.fromObject(history), {
      bytes: String,
      longs: String,
      enums: String,
    });
    await writeFile(`${FOLDER}${name}.json`, `${JSON.stringify(json, withoutMachine, 1)}\n`);
  }
  async function finished(choice: TripChoice): Promise<RoomTrip> {
    const trip = await room.book(choice);
    await trip.end();
    return trip;
  }

  const confirmed = await finished({ car: 'car-down-1' });
  await save('confirmed', confirmed);
  await confirmed.callOff('recorded');
  await confirmed.end();
  await save('called-off-after', confirmed);
  await save('refused', await finished({ flight: 'invalid-flight' }));
  await save('deadline', await finished({ flight: 'flight-down', policy: { deadlineSeconds: 2 } }));

  const hotel = holdUp('reserve', 'recorded-hotel-down-0');
  const calledOff = await room.book({ hotel: 'recorded-hotel-down-0' });
  await hotel.arrived;
  await calledOff.callOff('recorded');
  await calledOff.end();
  await save('called-off', calledOff);

  const flight = holdUp('reserve', 'recorded-flight');
  const parked = await room.book({ flight: 'recorded-flight' });
  await flight.arrived;
  await parked.temporal('terminate');
  await engine.nudge(await parked.record(), 5000);
  await parked.is('NEEDS_ATTENTION');
  await decide(room, parked, { action: 'resume' });
  await parked.end();
  await save('parked-and-resumed', parked);

  const stuck = await room.book({
    car: 'car-undo-down',
    hotel: 'hotel-down-0-undo-down-1',
    flight: 'invalid-flight',
    policy: { undoAttempts: 1 },
  });
  await expect
    .poll(async () => legStates(await stuck.record()))
    .toEqual({ car: 'UNDO_FAILED', hotel: 'UNDO_FAILED', flight: 'UNDONE' });
  await decide(room, stuck, { action: 'retry', legId: 'hotel' });
  await expect.poll(async () => legStates(await stuck.record())['hotel']).toBe('UNDONE');
  await decide(room, stuck, { action: 'settle', legId: 'car', note: 'recorded' });
  await stuck.end();
  await save('stuck-undo', stuck);
}

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

/** Removes stack traces and identities, which reveal the machine that recorded them and aren't needed for a replay. */
function withoutMachine(key: string, value: unknown): unknown {
  return key === 'stackTrace' || key === 'identity' ? undefined : value;
}
