import { afterAll, beforeAll, expect, test } from 'vitest';
import { legsOf } from '../../src/model/booking.js';
import { MAX_CHOICES, MAX_LEGS } from '../../src/model/legs.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

/** An offer id as long as the API allows, in characters of three bytes. */
const offer = (words: string, leg: number, choice: number) =>
  `${words}-of-${leg}-${choice}-`.padEnd(200, '旅');

const legs = (offers: (leg: number) => string[]) =>
  Array.from({ length: MAX_LEGS }, (_, leg) => ({
    id: `leg-${leg}`.padEnd(40, 'x'),
    offers: offers(leg),
    maxAttempts: 1,
    stage: 1 + Math.floor(leg / 7),
  }));

test('law 12: the largest trip can be booked, with its last choices, and be called off', async () => {
  const choices = Array.from({ length: MAX_CHOICES }, (_, choice) => choice);
  const last = MAX_CHOICES - 1;
  const trip = await room.book({
    legs: legs((leg) => choices.map((choice) => offer(choice < last ? 'lost' : 'fine', leg, choice))),
  });
  await expect.poll(async () => (await trip.record()).status).toBe('CONFIRMED');
  const record = await trip.record();
  expect(legsOf(record).every(({ state, choice }) => state === 'BOOKED' && choice === last)).toBe(true);
  expect(trip.held()).toHaveLength(MAX_LEGS);
  const { historyLength, historySize } = await room.client.workflow.getHandle(trip.id).describe();
  // The server warns at 10,240 events or 10 MB, and terminates at five times as much.
  expect(historyLength).toBeLessThan(10_240);
  expect(historySize).toBeLessThan(25_000_000);
  await room.client.workflow.getHandle(trip.id).result();
  await trip.callOff();
  await expect.poll(async () => (await trip.record()).status).toBe('CANCELLED');
  expect(trip.held()).toEqual([]);
});
