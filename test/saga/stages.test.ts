import { afterAll, beforeAll, expect, test } from 'vitest';
import { legsOf } from '../../src/model/booking.js';
import { legStates } from '../support/booking-checks.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import type { LegChoice } from '../support/trips.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

const leg = (id: string, stage: number, offer = `${id}-fine-down-0`, more: Partial<LegChoice> = {}) => ({
  id,
  stage,
  offers: [offer],
  ...more,
});

const releases = (trip: RoomTrip) => trip.steps().filter((step) => step.startsWith('release'));

test('the legs of a stage are reserved together, and the next stage waits for all of them', async () => {
  const car = room.holdUp('reserve', 'together-car');
  const hotel = room.holdUp('reserve', 'together-hotel-down-0');
  const trip = await room.book({
    legs: [leg('flight', 2), leg('car', 1, 'together-car'), leg('hotel', 1, 'together-hotel-down-0')],
  });
  await Promise.all([car.arrived, hotel.arrived]);
  car.letGo();
  await expect.poll(async () => legStates((await room.engine.ask(trip.id))!)['car']).toBe('BOOKED');
  expect(trip.steps()).not.toContain('reserve flight');
  hotel.letGo();
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED', version: 2 });
  expect(trip.steps().at(-1)).toBe('reserve flight');
  expect(trip.held().sort()).toEqual(['car', 'flight', 'hotel']);
});

test('stages go in the order of their numbers, whatever the order of the legs and the gaps between them', async () => {
  const trip = await room.book({ legs: [leg('flight', 20), leg('hotel', 3), leg('car', 7)] });
  await trip.end();
  expect(trip.steps()).toEqual(['reserve hotel', 'reserve car', 'reserve flight']);
});

test('law 2: stages are undone in reverse, the legs of one together', async () => {
  const transfer = room.holdUp('release', 'undone-transfer');
  const excursion = room.holdUp('release', 'undone-excursion');
  const trip = await room.book({
    legs: [
      leg('car', 1),
      leg('transfer', 2, 'undone-transfer'),
      leg('excursion', 2, 'undone-excursion'),
      leg('flight', 3, 'invalid-flight'),
    ],
  });
  await Promise.all([transfer.arrived, excursion.arrived]);
  excursion.letGo();
  await expect.poll(async () => legStates((await room.engine.ask(trip.id))!)['excursion']).toBe('UNDONE');
  expect(releases(trip)[0]).toBe('release flight');
  expect(releases(trip)).not.toContain('release car');
  transfer.letGo();
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
  expect(releases(trip).at(-1)).toBe('release car');
  expect(trip.held()).toEqual([]);
});

test.each([
  { which: 'a stage in the middle', later: [leg('transfer', 3)], states: { transfer: 'SKIPPED' } },
  { which: 'the last stage', later: [], states: {} },
])(
  'a required leg of $which that fails calls the others off at once, and is the trip’s failure',
  async ({ later, states }) => {
    const hotel = room.holdUp('reserve', 'called-off-hotel-down-0');
    const flight = room.holdUp('reserve', 'invalid-flight-slowly');
    const trip = await room.book({
      legs: [
        leg('car', 1),
        leg('hotel', 2, 'called-off-hotel-down-0'),
        leg('flight', 2, 'invalid-flight-slowly'),
        ...later,
      ],
    });
    await Promise.all([hotel.arrived, flight.arrived]);
    flight.letGo();
    const record = await trip.end();
    expect(record).toMatchObject({
      status: 'CANCELLED',
      facts: { failure: { code: 'SUPPLIER_REFUSED', legId: 'flight' } },
    });
    expect(legStates(record)).toEqual({ car: 'UNDONE', hotel: 'UNDONE', flight: 'UNDONE', ...states });
    expect(legsOf(record)[1]?.lastError).toBe('Stopped because another leg of the trip could not be booked.');
    expect(releases(trip).at(-1)).toBe('release car');
  },
);

test('law 2: nothing is undone before every call of the stage has ended', async () => {
  const hotel = room.holdUp('reserve', 'deaf-hotel-down-0', { deaf: true });
  const trip = await room.book({
    legs: [leg('car', 1), leg('hotel', 2, 'deaf-hotel-down-0'), leg('flight', 2, 'invalid-deaf-flight')],
  });
  await hotel.arrived;
  // The reason is known at once, for readers too.
  const live = async () => (await room.engine.ask(trip.id))?.facts.failure;
  await expect.poll(live).toMatchObject({ code: 'SUPPLIER_REFUSED', legId: 'flight' });
  expect(releases(trip)).toEqual([]);
  expect(await trip.record()).toMatchObject({ status: 'BOOKING', undoing: false });
  hotel.letGo();
  await trip.end();
  expect(trip.held()).toEqual([]);
  expect(releases(trip).at(-1)).toBe('release car');
});

test('each leg keeps its own failure, and the first one is the trip’s', async () => {
  const hotel = room.holdUp('reserve', 'invalid-second-hotel-down-0', { deaf: true });
  const trip = await room.book({
    legs: [leg('hotel', 1, 'invalid-second-hotel-down-0'), leg('car', 1, 'invalid-first-car')],
  });
  await hotel.arrived;
  const live = async () => (await room.engine.ask(trip.id))?.facts.failure?.legId;
  await expect.poll(live).toBe('car');
  hotel.letGo();
  const record = await trip.end();
  expect(record.facts.failure).toMatchObject({ legId: 'car', message: 'Invalid car booking, rolling back!' });
  expect(record.facts.legs).toMatchObject([
    { id: 'hotel', failure: { code: 'SUPPLIER_REFUSED', message: 'Invalid hotel booking, rolling back!' } },
    { id: 'car', failure: { code: 'SUPPLIER_REFUSED', message: 'Invalid car booking, rolling back!' } },
  ]);
});

test('a stuck undo of one leg does not hold up the others, neither of its stage nor of earlier ones', async () => {
  const trip = await room.book({
    legs: [
      leg('car', 1),
      leg('hotel', 2, 'hotel-down-0-undo-down'),
      leg('flight', 2, 'invalid-stuck-flight'),
    ],
    policy: { undoAttempts: 1 },
  });
  await expect
    .poll(async () => legStates(await trip.record()))
    .toEqual({ car: 'UNDONE', hotel: 'UNDO_FAILED', flight: 'UNDONE' });
  expect(await trip.record()).toMatchObject({ status: 'NEEDS_ATTENTION' });
  expect(trip.held()).toEqual(['hotel']);
});

test('a trip that is called off in the middle of a stage undoes it, and what came before, stage by stage', async () => {
  const hotel = room.holdUp('reserve', 'wished-hotel-down-0');
  const trip = await room.book({
    legs: [leg('car', 1), leg('hotel', 2, 'wished-hotel-down-0'), leg('flight', 2), leg('excursion', 3)],
  });
  await hotel.arrived;
  await expect.poll(async () => legStates((await room.engine.ask(trip.id))!)['flight']).toBe('BOOKED');
  await trip.callOff();
  const record = await trip.end();
  expect(record.facts.failure).toMatchObject({ code: 'CANCELLED' });
  expect(legsOf(record)[1]?.lastError).toBe('Stopped because the trip was cancelled.');
  expect(legStates(record)).toMatchObject({ excursion: 'SKIPPED' });
  expect(releases(trip).at(-1)).toBe('release car');
  expect(releases(trip)).toHaveLength(3);
  expect(trip.held()).toEqual([]);
});

test('a run that settles a stopped booking undoes it stage by stage too', async () => {
  const flight = room.holdUp('reserve', 'settled-flight', { deaf: true });
  const trip = await room.book({
    legs: [leg('car', 1), leg('hotel', 1), leg('flight', 2, 'settled-flight'), leg('transfer', 3)],
  });
  await flight.arrived;
  await trip.temporal('terminate');
  await trip.callOff();
  flight.letGo();
  await trip.end();
  const steps = releases(trip);
  expect(steps.slice(0, 2)).toEqual(['release transfer', 'release flight']);
  expect(steps.slice(2).sort()).toEqual(['release car', 'release hotel']);
  expect(trip.held()).toEqual([]);
});
