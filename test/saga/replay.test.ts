import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { temporal } from '@temporalio/proto';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { cancellationId } from '../../src/model/names.js';
import { done } from '../support/expectations.js';
import { plantedBundle } from '../support/planted-bundle.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';

const { History } = temporal.api.history.v1;

/**
 * Law 9: a booking that began under an older release has to go on under this one. The histories are of bookings as they
 * went when they were recorded; `npm run histories` records them anew, which a change of the workflow's commands behind
 * `patched` does not need, and which any other change must not be an excuse for.
 */
const FOLDER = fileURLToPath(new URL('histories/', import.meta.url));

async function load(name: string) {
  return History.fromObject(JSON.parse(await readFile(`${FOLDER}${name}`, 'utf8')) as object);
}

async function recorded(): Promise<string[]> {
  return (await readdir(FOLDER)).filter((name) => name.endsWith('.json'));
}

let room: SagaRoom | undefined;
beforeAll(async () => {
  if (process.env['RECORD_HISTORIES']) {
    room = await openSagaRoom();
    await mkdir(FOLDER, { recursive: true });
    await record(room);
  }
});
afterAll(() => room?.close());

test('law 9: every recorded history replays on the code as it is now', async () => {
  const names = await recorded();
  expect(names.length).toBeGreaterThanOrEqual(6);
  for (const name of names) {
    const history = await load(name);
    await Worker.runReplayHistory({ workflowBundle: { codePath: inject('workflowBundle') } }, history);
  }
});

test('law 9: a release that changed what a booking does next would be found out', async () => {
  const codePath = await plantedBundle('model/trip.ts', 'reversed-trip.ts');
  const history = await load('confirmed.json');
  await expect(Worker.runReplayHistory({ workflowBundle: { codePath } }, history)).rejects.toThrow(
    DeterminismViolationError,
  );
});

async function record({ start, engine, client, holdUp }: SagaRoom): Promise<void> {
  const save = async (name: string, workflowId: string) => {
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    const json = History.toObject(History.fromObject(history), {
      bytes: String,
      longs: String,
      enums: String,
    });
    await writeFile(`${FOLDER}${name}.json`, `${JSON.stringify(json, withoutMachine, 1)}\n`);
  };
  const finished = async (choice: Parameters<typeof start>[0]) => {
    const { workflowId } = await start(choice);
    await done({ engine }, workflowId);
    return workflowId;
  };

  const confirmed = await finished({ car: 'car-down-1' });
  await save('confirmed', confirmed);
  await engine.cancel(confirmed, { by: 'anonymous', reason: 'recorded' });
  await done({ engine }, confirmed);
  await save('called-off-after', cancellationId(confirmed));
  await save('refused', await finished({ flight: 'invalid-flight' }));
  await save('deadline', await finished({ flight: 'flight-down', policy: { deadlineSeconds: 1 } }));

  const hotel = holdUp('reserve', 'recorded-hotel-down-0');
  const calledOff = await start({ hotel: 'recorded-hotel-down-0' });
  await hotel.arrived;
  await engine.cancel(calledOff.workflowId, { by: 'anonymous' });
  await done({ engine }, calledOff.workflowId);
  await save('called-off', calledOff.workflowId);

  const stuck = await start({
    car: 'car-undo-down',
    hotel: 'hotel-down-0-undo-down-1',
    flight: 'invalid-flight',
    policy: { undoAttempts: 1 },
  });
  await vi.waitFor(async () => {
    const states = (await engine.read(stuck.workflowId))?.legs.map(({ state }) => state);
    expect(states).toEqual(['UNDO_FAILED', 'UNDO_FAILED', 'UNDONE']);
  }, 20_000);
  await engine.retryUndo(stuck.workflowId, { leg: 'HOTEL', by: 'olga' });
  await engine.settleUndo(stuck.workflowId, { leg: 'CAR', by: 'olga', note: 'recorded' });
  await done({ engine }, stuck.workflowId);
  await save('stuck-undo', stuck.workflowId);
}

/** Stack traces and identities tell of the machine that recorded; a replay needs neither. */
function withoutMachine(key: string, value: unknown): unknown {
  return key === 'stackTrace' || key === 'identity' ? undefined : value;
}
