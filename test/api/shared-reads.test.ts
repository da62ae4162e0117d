import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { BookingEngine } from '../../src/temporal/engine.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { serve } from './fixtures/api.js';
import { clientOf } from './fixtures/client.js';

const FIFTY = Array.from({ length: 50 });

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

/** An API over the room's own parts, whose calls of the engine and the database can be counted. */
async function openApi(answer: BookingEngine['ask'] = (id) => room.engine.ask(id)) {
  const ask = vi.fn(answer);
  const find = vi.fn(room.wishes.find);
  const { wishes, engine, attempts } = room;
  const api = await serve({ wishes: { ...wishes, find }, engine: { ...engine, ask }, attempts });
  onTestFinished(() => api.stop());
  return { ask, find, log: api.log, read: clientOf(api).read };
}

/** A booking that stays half-way until it is released. */
async function halfWay(hotel: string) {
  const call = room.holdUp('reserve', hotel);
  const trip = await room.book({ hotel });
  await call.arrived;
  return { ...trip, letGo: () => call.letGo() };
}

describe('fifty clients that read one booking concurrently', () => {
  test('all get the answer of the running workflow', async () => {
    const { id, letGo } = await halfWay('shared-hotel-down-0');
    const { read } = await openApi();
    // On a busy machine, a workflow may answer later than a reader waits, who then gets the record.
    const sources = async () =>
      new Set((await Promise.all(FIFTY.map(() => read(id)))).map((booking) => booking?.source));
    await expect.poll(sources).toEqual(new Set(['LIVE']));
    letGo();
  });

  test('share one query', async () => {
    const { id, letGo } = await halfWay('one-query-hotel-down-0');
    let answer = () => {};
    const asked = new Promise<void>((resolve) => (answer = resolve));
    const { ask, find, read } = await openApi(async (of) => {
      await asked;
      return room.engine.ask(of);
    });
    const answers = Promise.all(FIFTY.map(() => read(id)));
    await vi.waitFor(() => expect(find).toHaveBeenCalledTimes(50), { timeout: 90_000 });
    await Promise.all(find.mock.results.map(({ value }) => value as Promise<unknown>));
    answer();

    expect(new Set((await answers).map((booking) => booking?.id))).toEqual(new Set([id]));
    expect(ask).toHaveBeenCalledOnce();
    await read(id);
    expect(ask).toHaveBeenCalledTimes(2);
    letGo();
  });

  test('share its failure too: each gets the record, and the next client queries again', async () => {
    const { id, letGo } = await halfWay('failing-hotel-down-0');
    const { ask, log, read } = await openApi();
    ask.mockRejectedValueOnce(new TypeError('a bug of ours'));
    const answers = await Promise.all([read(id), read(id)]);
    for (const booking of answers) expect(booking).toMatchObject({ status: 'BOOKING' });
    expect(log).toMatchObject([{ level: 50, bookingId: id, err: { message: 'a bug of ours' } }]);
    expect(await read(id)).toMatchObject({ source: 'LIVE' });
    letGo();
  });
});

describe('no workflow is queried for', () => {
  test.each([
    ['a booking that is confirmed', {}, 'CONFIRMED'],
    ['a booking that is cancelled', { car: 'invalid-car' }, 'CANCELLED'],
  ])('%s: the record is the answer', async (_what, choice, status) => {
    const trip = await room.book(choice);
    await trip.end();
    const { ask, find, read } = await openApi();
    expect(await read(trip.id)).toMatchObject({ status, done: true, source: 'RECORD' });
    expect(find).toHaveBeenCalledOnce();
    expect(ask).not.toHaveBeenCalled();
  });

  test('a booking that was never started', async () => {
    const trip = await room.accept();
    const { ask, read } = await openApi();
    expect(await read(trip.id)).toMatchObject({ status: 'PENDING', source: 'RECORD' });
    expect(ask).not.toHaveBeenCalled();
  });

  test('an unknown id, which may become a booking later', async () => {
    const { ask, find, read } = await openApi();
    expect(await read('nobody-1')).toBeNull();
    const trip = await room.book();
    await trip.end();
    find.mockResolvedValueOnce(undefined);
    expect(await read(trip.id)).toBeNull();
    expect(await read(trip.id)).toMatchObject({ id: trip.id });
    expect(ask).not.toHaveBeenCalled();
  });
});

test('a booking under way is queried each time it is read', async () => {
  const trip = await halfWay('anew-hotel-down-0');
  const { read } = await openApi();
  const before = await read(trip.id);
  trip.letGo();
  await trip.end();

  expect(before).toMatchObject({ status: 'BOOKING', source: 'LIVE' });
  expect(await read(trip.id)).toMatchObject({ status: 'CONFIRMED' });
});
