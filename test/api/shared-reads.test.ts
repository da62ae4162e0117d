import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { BookingEngine } from '../../src/model/booking-engine.port.js';
import { EngineUnavailable } from '../../src/model/service-unavailable.js';
import { BookingDocument } from '../../src/client/generated.js';
import { request } from '../support/graphql-client.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { serve, servicesOver } from './fixtures/api.js';

const FIFTY = Array.from({ length: 50 });

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

/** An API over the room's engine, whose reads and whose readers can be counted. */
async function openApi(read: BookingEngine['read'] = (id) => room.engine.read(id)) {
  const engine = { ...room.engine, read: vi.fn(read) };
  const services = servicesOver(engine);
  const booking = vi.spyOn(services.booking, 'booking');
  const api = await serve(services);
  onTestFinished(() => api.stop());
  return { engineRead: engine.read, booking, ask: (id: string) => request(api.url, BookingDocument, { id }) };
}

describe('fifty clients that read one booking at the same moment', () => {
  test('all get an answer from the running workflow', async () => {
    const hotel = room.holdUp('reserve', 'shared-hotel-down-0');
    const { workflowId } = await room.start({ hotel: 'shared-hotel-down-0' });
    await hotel.arrived;
    const { ask } = await openApi();
    const answers = await Promise.all(FIFTY.map(() => ask(workflowId)));
    hotel.letGo();

    for (const { data, errors } of answers) {
      expect(errors).toBeUndefined();
      expect(data?.booking).toMatchObject({ id: workflowId, status: 'BOOKING' });
    }
  });

  test('share one query', async () => {
    const trip = await room.start();
    await trip.result();
    let answer = () => {};
    const asked = new Promise<void>((resolve) => (answer = resolve));
    const { ask, booking, engineRead } = await openApi(async (id) => {
      await asked;
      return room.engine.read(id);
    });
    const answers = Promise.all(FIFTY.map(() => ask(trip.workflowId)));
    await vi.waitFor(() => expect(booking).toHaveBeenCalledTimes(50), { timeout: 30_000 });
    answer();

    const ids = (await answers).map(({ data }) => data?.booking?.id);
    expect(new Set(ids)).toEqual(new Set([trip.workflowId]));
    expect(engineRead).toHaveBeenCalledOnce();
  });

  test('share its failure too, and the next one to read asks anew', async () => {
    const trip = await room.start();
    await trip.result();
    let fail = () => {};
    const failing = new Promise<never>((_, reject) => (fail = () => reject(new EngineUnavailable())));
    const { ask, booking, engineRead } = await openApi();
    engineRead.mockImplementationOnce(() => failing);
    const answers = Promise.all(FIFTY.map(() => ask(trip.workflowId)));
    await vi.waitFor(() => expect(booking).toHaveBeenCalledTimes(50), { timeout: 30_000 });
    fail();

    const codes = (await answers).map(({ errors }) => errors?.[0]?.extensions?.['code']);
    expect(new Set(codes)).toEqual(new Set(['BOOKING_ENGINE_UNAVAILABLE']));
    expect((await ask(trip.workflowId)).data?.booking).toMatchObject({ status: 'CONFIRMED' });
  });
});

test('a booking that is cancelled is asked for once and then remembered, whatever goes away', async () => {
  const trip = await room.start({ car: 'invalid-car' });
  await trip.result();
  const { ask, engineRead } = await openApi();
  const first = await ask(trip.workflowId);
  engineRead.mockRejectedValue(new EngineUnavailable());

  expect(first.data?.booking).toMatchObject({ status: 'CANCELLED' });
  expect(await ask(trip.workflowId)).toEqual(first);
  expect(engineRead).toHaveBeenCalledOnce();
});

test('a booking that is still running is asked for anew each time', async () => {
  const hotel = room.holdUp('reserve', 'anew-hotel-down-0');
  const trip = await room.start({ hotel: 'anew-hotel-down-0' });
  await hotel.arrived;
  const { ask } = await openApi();
  const before = await ask(trip.workflowId);
  hotel.letGo();
  await trip.result();

  expect(before.data?.booking).toMatchObject({ status: 'BOOKING' });
  expect((await ask(trip.workflowId)).data?.booking).toMatchObject({ status: 'CONFIRMED' });
});

test('an id that is unknown now may be a booking later', async () => {
  const { ask, engineRead } = await openApi();
  engineRead.mockResolvedValueOnce(undefined);
  const trip = await room.start();
  await trip.result();

  expect((await ask(trip.workflowId)).data).toEqual({ booking: null });
  expect((await ask(trip.workflowId)).data?.booking).toMatchObject({ id: trip.workflowId });
});
