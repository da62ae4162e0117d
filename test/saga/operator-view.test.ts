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

/** What the workflow wrote to Temporal's visibility store. */
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

test('a booking is searched by its owner and by any of its offers', async () => {
  const offers = { car: 'searched-car', hotel: 'searched-hotel-down-0', flight: 'searched-flight' };
  const trip = await room.book(offers);
  for (const offer of Object.values(offers)) {
    const query = `BookingOwner = "anonymous" AND BookingOffers = "${offer}"`;
    await expect.poll(() => found(query)).toEqual([trip.id]);
  }
  await trip.end();
});

test('bookings that need attention are found by one search, and only as long as they do', async () => {
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

test('the status is written for searches on entering and on leaving NEEDS_ATTENTION, and at no other time', async () => {
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

test('a parked booking that is let go on is found by that search no more', async () => {
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

test('the workflow says what trip it is, where it stands, and what each activity does', async () => {
  const hotel = room.holdUp('reserve', 'viewed-hotel-down-0');
  const trip = await room.book({ name: 'Jane Roe', hotel: 'viewed-hotel-down-0' });
  await hotel.arrived;
  const description = await room.client.workflow.getHandle(trip.id).describe();
  expect(description.type).toBe(BOOK_VACATION);
  expect(await description.staticSummary()).toBe(
    'Trip for Jane Roe: valid-car-id, viewed-hotel-down-0, valid-flight-id',
  );
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

test("a stuck booking's page says why it was rolled back, and what the supplier said", async () => {
  const trip = await room.book({ car: 'invalid-|`car-undo-down', policy: { undoAttempts: 1 } });
  await trip.is('NEEDS_ATTENTION');
  await trip.callOff('the `dog` | is ill');
  const details = await currentDetails(trip);
  expect(details).toContain('**NEEDS_ATTENTION**');
  expect(details).toContain('SUPPLIER_REFUSED: `Invalid car booking, rolling back!`');
  expect(details).toContain(
    "| car | `invalid-  car-undo-down` | `sandbox` | UNDO_FAILED | 1 | `Car service is down, its reservation can't be released now.` |",
  );
  await decide(room, trip, { action: 'settle', legId: 'car', note: 'n' });
  await trip.end();
  const after = await currentDetails(trip);
  expect(after).toContain('**CANCELLED**');
  expect(after).toContain('Called off by `anonymous`: `the  dog    is ill`');
});

test('the longest name and ids that are accepted can be booked', async () => {
  const id = (letter: string) => letter.repeat(200);
  const trip = await room.book({
    name: 'ü'.repeat(100),
    car: id('ä'),
    hotel: `down-0-${'ö'.repeat(193)}`,
    flight: id('→'),
  });
  expect((await trip.end()).status).toBe('CONFIRMED');
});
