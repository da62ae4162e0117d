import { afterAll, beforeAll, expect, test } from 'vitest';
import { BOOK_VACATION, SEARCH_ATTRIBUTES } from '../../src/model/names.js';
import { decide, historyOf } from '../support/booking-checks.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';

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

/** The statuses that the workflow wrote to Temporal's visibility store. */
async function upserts(trip: RoomTrip): Promise<string[]> {
  return (await historyOf(room, trip)).flatMap(
    ({ upsertWorkflowSearchAttributesEventAttributes: attributes }) => {
      const status = attributes?.searchAttributes?.indexedFields?.[SEARCH_ATTRIBUTES.status.name]?.data;
      return status ? [JSON.parse(Buffer.from(status).toString()) as string] : [];
    },
  );
}

async function currentDetails({ id }: RoomTrip): Promise<string> {
  const handle = room.client.workflow.getHandle(id);
  const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails;
}

test('a booking can be found by its owner and by any of its offers', async () => {
  const offers = { car: 'searched-car', hotel: 'searched-hotel-down-0', flight: 'searched-flight' };
  const trip = await room.book(offers);
  for (const offer of Object.values(offers)) {
    const query = `BookingOwner = "anonymous" AND BookingOffers = "${offer}"`;
    await expect.poll(() => found(query)).toEqual([trip.id]);
  }
  await trip.end();
});

test('one search finds all bookings that need attention, and only those', async () => {
  const flight = `flight-${room.taskQueue}`;
  const trip = await room.book({
    car: 'car-undo-down',
    hotel: 'invalid-down-0',
    flight,
    policy: { undoAttempts: 1 },
  });
  const query = `BookingStatus = "NEEDS_ATTENTION" AND ExecutionStatus = "Running" AND BookingOffers = "${flight}"`;
  await expect.poll(() => found(query)).toEqual([trip.id]);
  await decide(room, trip, { action: 'settle', legId: 'car', note: 'n' });
  await trip.end();
  await expect.poll(() => found(query)).toEqual([]);
});

test('the search attribute is written only on entering and leaving NEEDS_ATTENTION', async () => {
  const confirmed = await room.book();
  await confirmed.end();
  const cancelled = await room.book({ flight: 'invalid-flight' });
  await cancelled.end();
  expect(await upserts(confirmed)).toEqual([]);
  expect(await upserts(cancelled)).toEqual([]);
  const stuck = await room.book({ car: 'invalid-car-undo-down', policy: { undoAttempts: 1 } });
  await stuck.is('NEEDS_ATTENTION');
  await decide(room, stuck, { action: 'settle', legId: 'car', note: 'n' });
  await stuck.end();
  const [entering, leaving, ...others] = await upserts(stuck);
  expect(entering).toBe('NEEDS_ATTENTION');
  expect(leaving).not.toBe('NEEDS_ATTENTION');
  expect(others).toEqual([]);
});

test('that search no longer finds a parked booking once it is resumed', async () => {
  const car = room.holdUp('reserve', 'searched-parked-car', { deaf: true });
  const trip = await room.book({ car: 'searched-parked-car' });
  await car.arrived;
  await trip.temporal('terminate', '--reason', 'test');
  await room.engine.nudge(await trip.record(), 5000);
  await trip.is('NEEDS_ATTENTION');
  car.letGo();
  const flight = room.holdUp('reserve', 'valid-flight-id');
  expect(await decide(room, trip, { action: 'resume' })).toBe('done');
  await flight.arrived;
  expect(await upserts(trip)).toEqual(['NEEDS_ATTENTION', 'BOOKING']);
  flight.letGo();
  await trip.end();
});

test('the workflow shows its trip, its state, and what each activity does', async () => {
  const hotel = room.holdUp('reserve', 'viewed-hotel-down-0');
  const trip = await room.book({ name: 'Jane Roe', hotel: 'viewed-hotel-down-0' });
  await hotel.arrived;
  const description = await room.client.workflow.getHandle(trip.id).describe();
  expect(description.type).toBe(BOOK_VACATION);
  expect(await description.staticSummary()).toBe('Trip: valid-car-id, viewed-hotel-down-0, valid-flight-id');
  expect(await description.staticDetails()).toContain(
    '- hotel: viewed-hotel-down-0 (sandbox, at most 5 attempts)',
  );
  const details = await currentDetails(trip);
  expect(details).toContain('**BOOKING**');
  expect(details).toContain('| hotel | `viewed-hotel-down-0` | `sandbox` | RUNNING | 0 |');
  hotel.letGo();
  await trip.end();

  const summaries = (await historyOf(room, trip))
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

test("a stuck booking's page shows why it was rolled back and the supplier's message", async () => {
  const trip = await room.book({ car: 'invalid-|`car-undo-down', policy: { undoAttempts: 1 } });
  await trip.is('NEEDS_ATTENTION');
  await trip.callOff('the `dog` | is ill');
  const details = await currentDetails(trip);
  expect(details).toContain('**NEEDS_ATTENTION**');
  expect(details).toContain('SUPPLIER_REFUSED: `Invalid car booking, rolling back!`');
  expect(details).toContain(
    "| car | `invalid-  car-undo-down` | `sandbox` | UNDO_FAILED | 1 | `Car service is down; its reservation can't be released yet.` |",
  );
  await decide(room, trip, { action: 'settle', legId: 'car', note: 'n' });
  await trip.end();
  const after = await currentDetails(trip);
  expect(after).toContain('**CANCELLED**');
  expect(after).toContain('Called off by `anonymous`: `the  dog    is ill`');
});

test('a trip with the longest accepted name and ids can be booked', async () => {
  const id = (letter: string) => letter.repeat(200);
  const trip = await room.book({
    name: 'ü'.repeat(100),
    car: id('ä'),
    hotel: `down-0-${'ö'.repeat(193)}`,
    flight: id('→'),
  });
  expect((await trip.end()).status).toBe('CONFIRMED');
});
