import { afterAll, beforeAll, expect, test } from 'vitest';
import { legsOf } from '../../src/model/booking.js';
import { timelineOf } from '../../src/model/timeline.js';
import { historyOf, legStates } from '../support/booking-checks.js';
import { milliseconds } from '../support/history.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

test.for([
  {
    leg: 'car',
    choice: { car: 'invalid-car' },
    undos: ['release car'],
    states: { car: 'UNDONE', hotel: 'SKIPPED', flight: 'SKIPPED' },
  },
  {
    leg: 'hotel',
    choice: { hotel: 'invalid-hotel-down-0' },
    undos: ['release hotel', 'release car'],
    states: { car: 'UNDONE', hotel: 'UNDONE', flight: 'SKIPPED' },
  },
  {
    leg: 'flight',
    choice: { flight: 'invalid-flight' },
    undos: ['release flight', 'release hotel', 'release car'],
    states: { car: 'UNDONE', hotel: 'UNDONE', flight: 'UNDONE' },
  },
])(
  'laws 1 and 2: a refused $leg is undone first, then the legs before it in reverse',
  async ({ leg, choice, undos, states }) => {
    const trip = await room.book(choice);
    const record = await trip.end();
    const message = `Invalid ${leg} booking, rolling back!`;
    expect(record).toMatchObject({
      status: 'CANCELLED',
      facts: { failure: { code: 'SUPPLIER_REFUSED', legId: leg, message } },
    });
    expect(legStates(record)).toEqual(states);
    const steps = trip.steps();
    expect(steps.filter((step) => step.startsWith('release'))).toEqual(undos);
    // A refusal is final, so there is one attempt.
    expect(steps).toHaveLength(2 * undos.length);
    expect(trip.held()).toEqual([]);
    expect(await room.client.workflow.getHandle(trip.id).result()).toEqual({ status: 'failure', message });
  },
);

test('a hotel that stays down is given up after `attempts` attempts, and the trip is rolled back', async () => {
  const trip = await room.book({ hotel: 'hotel-down', attempts: 2 });
  const record = await trip.end();
  expect(record).toMatchObject({
    status: 'CANCELLED',
    facts: {
      failure: {
        code: 'SUPPLIER_UNAVAILABLE',
        legId: 'hotel',
        message: 'Hotel service is down. Retrying...',
      },
    },
  });
  const reserves = room.calls.filter((call) => call.offerId === 'hotel-down' && call.action === 'reserve');
  expect(reserves.map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(trip.held()).toEqual([]);
});

test('nothing is released before the rollback is recorded', async () => {
  const car = room.holdUp('release', 'told-car');
  const trip = await room.book({ car: 'told-car', hotel: 'invalid-down-0' });
  await car.arrived;
  expect(await trip.record()).toMatchObject({
    status: 'ROLLING_BACK',
    undoing: true,
    facts: { failure: { code: 'SUPPLIER_REFUSED' } },
  });
  car.letGo();
  await trip.end();
});

test('an undo that fails is retried until it succeeds', async () => {
  const trip = await room.book({ car: 'car-undo-down-1', hotel: 'invalid-hotel-down-0' });
  const record = await trip.end();
  expect(record.status).toBe('CANCELLED');
  expect(legsOf(record)[0]).toMatchObject({ id: 'car', state: 'UNDONE', attempts: 2 });
  expect(trip.held()).toEqual([]);
});

test('law 6: an undo has more attempts than any reserve with a limit, and no timeout for the whole step', async () => {
  const trip = await room.book({ flight: 'invalid-flight' });
  await trip.end();
  const policies = (await historyOf(room, trip)).flatMap(
    ({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled
        ? [
            {
              name: scheduled.activityType?.name,
              attempts: scheduled.retryPolicy?.maximumAttempts,
              within: milliseconds(scheduled.scheduleToCloseTimeout),
            },
          ]
        : [],
  );
  const undo = { attempts: 10, within: 0 };
  expect(policies.slice(1, 2)).toMatchObject([{ name: 'bookHotel', attempts: 5 }]);
  expect(policies.slice(3)).toEqual([
    { name: 'undoBookFlight', ...undo },
    { name: 'undoBookHotel', ...undo },
    { name: 'undoBookCar', ...undo },
  ]);
});

test('the timeline shows every failed attempt with its error, alongside the states of each leg', async () => {
  const trip = await room.book({ car: 'car-down-1-undo-down-1', hotel: 'invalid-down-0' });
  const record = await trip.end();
  const attempts = async () => (await room.attempts.of([trip.id])).get(trip.id) ?? [];
  await expect
    .poll(async () =>
      timelineOf(record, await attempts()).map(({ legId, state, attempt }) =>
        [legId, state, attempt].join(' ').trim(),
      ),
    )
    .toEqual([
      'car RUNNING',
      'car RETRYING 1',
      'car BOOKED 2',
      'hotel RUNNING',
      'hotel FAILED 1',
      'flight SKIPPED',
      'hotel UNDOING',
      'hotel UNDONE 1',
      'car UNDOING',
      'car UNDOING 1',
      'car UNDONE 2',
    ]);
  expect((await attempts())[0]?.latest[0]?.message).toBe('Car service is down. Retrying...');
});
