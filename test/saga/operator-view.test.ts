import { afterAll, beforeAll, expect, test } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../src/model/names.js';
import { done } from '../support/expectations.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

async function found(query: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of room.client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

test('a booking is searched by its status, its owner and its offers', async () => {
  const offers = { car: 'searched-car', hotel: 'searched-hotel-down-0', flight: 'searched-flight' };
  const { workflowId: id } = await room.start(offers);
  await done(room, id);
  const query = [
    `${SEARCH_ATTRIBUTES.status.name} = "CONFIRMED"`,
    `${SEARCH_ATTRIBUTES.owner.name} = "anonymous"`,
    `${SEARCH_ATTRIBUTES.car.name} = "${offers.car}"`,
    `${SEARCH_ATTRIBUTES.hotel.name} = "${offers.hotel}"`,
    `${SEARCH_ATTRIBUTES.flight.name} = "${offers.flight}"`,
  ].join(' AND ');
  await expect.poll(() => found(query)).toEqual([id]);
});

test('bookings that need attention are found by one search', async () => {
  const choice = { car: 'car-undo-down', hotel: 'invalid-down-0', flight: `flight-${room.taskQueue}` };
  const { workflowId: id } = await room.start({ ...choice, policy: { undoAttempts: 1 } });
  const query = `BookingStatus = "NEEDS_ATTENTION" AND BookingFlight = "${choice.flight}"`;
  await expect.poll(() => found(query)).toEqual([id]);
  await room.engine.settleUndo(id, { leg: 'CAR', by: 'olga', note: 'n' });
  await expect.poll(() => found(query)).toEqual([]);
});

test('the workflow says what trip it is, where it stands, and what each activity does', async () => {
  const hotel = room.holdUp('reserve', 'viewed-hotel-down-0');
  const booking = await room.start({ name: 'Jane Roe', hotel: 'viewed-hotel-down-0' });
  await hotel.arrived;
  const { staticSummary, staticDetails } = await booking.describe().then(async (description) => ({
    staticSummary: await description.staticSummary(),
    staticDetails: await description.staticDetails(),
  }));
  expect(staticSummary).toBe('Trip for Jane Roe: valid-car-id, viewed-hotel-down-0, valid-flight-id');
  expect(staticDetails).toContain('- hotel: viewed-hotel-down-0 (at most 5 attempts)');
  const metadata = await booking.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  expect(metadata.currentDetails).toContain('**BOOKING**');
  expect(metadata.currentDetails).toContain('| HOTEL | `viewed-hotel-down-0` | RUNNING |');
  hotel.letGo();
  await booking.result();

  const { events } = await booking.fetchHistory();
  const summaries = (events ?? [])
    .filter(({ activityTaskScheduledEventAttributes }) => activityTaskScheduledEventAttributes)
    .map(
      ({ userMetadata }) => JSON.parse(Buffer.from(userMetadata?.summary?.data ?? []).toString()) as string,
    );
  expect(summaries).toEqual([
    'Reserve car valid-car-id',
    'Reserve hotel viewed-hotel-down-0',
    'Reserve flight valid-flight-id',
  ]);
});

test('the longest name and ids that are accepted can be booked', async () => {
  const id = (letter: string) => letter.repeat(200);
  const { workflowId } = await room.start({
    name: 'ü'.repeat(100),
    car: id('ä'),
    hotel: `down-0-${'ö'.repeat(193)}`,
    flight: id('→'),
  });
  expect((await done(room, workflowId)).status).toBe('CONFIRMED');
});
