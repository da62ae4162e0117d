import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { legsOf } from '../../src/model/booking.js';
import { timelineOf } from '../../src/model/timeline.js';
import { calmHistoryOf, decide, historyOf, legStates } from '../support/booking-checks.js';
import { createGate } from '../support/gate.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import type { LegChoice } from '../support/trips.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

const CAR: LegChoice = { id: 'car', offers: ['any-car'] };
const hotel = (offers: readonly string[], more: Partial<LegChoice> = {}): LegChoice => ({
  id: 'hotel',
  offers,
  maxAttempts: 1,
  ...more,
});
const optional = { required: false };

describe('a leg with alternatives', () => {
  test('goes on to the next one when its offer is refused, and the record says what was tried', async () => {
    const trip = await room.book({ legs: [CAR, hotel(['invalid-hotel-down-0', 'plan-b-down-0'])] });
    const record = await trip.end();
    expect(record).toMatchObject({ status: 'CONFIRMED' });
    expect(record.facts.failure).toBeUndefined();
    const refusal = { code: 'SUPPLIER_REFUSED', message: 'Invalid hotel booking, rolling back!' };
    expect(legsOf(record)[1]).toMatchObject({ state: 'BOOKED', offerId: 'plan-b-down-0', tried: [refusal] });
    expect(legsOf(record)[1]).not.toHaveProperty('failure');
    // The refusal was certain, so there is nothing to release.
    expect(trip.steps()).toEqual(['reserve car', 'reserve hotel']);
    expect(trip.held()).toEqual(['car', 'hotel.2']);
    expect(timelineOf(record, []).map(({ legId, state, message }) => [legId, state, message])).toEqual([
      ['car', 'RUNNING', undefined],
      ['car', 'BOOKED', undefined],
      ['hotel', 'RUNNING', undefined],
      ['hotel', 'FAILED', refusal.message],
      ['hotel', 'RUNNING', 'Trying plan-b-down-0 instead.'],
      ['hotel', 'BOOKED', undefined],
    ]);
  });

  test.each([
    ['whose answer was lost', 'hotel-lost-down-0', 1],
    ['refused only after an attempt that failed', 'invalid-hotel-down-1', 2],
  ])('law 13: releases an offer %s before it tries the next', async (_how, offer, maxAttempts) => {
    const trip = await room.book({ legs: [hotel([offer, 'plan-b-down-0'], { maxAttempts })] });
    expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
    expect(trip.steps()).toEqual(['reserve hotel', 'release hotel', 'reserve hotel']);
    expect(trip.held()).toEqual(['hotel.2']);
  });

  test('law 13: an offer is given up in the record before it is released, and before the next is tried', async () => {
    const release = room.holdUp('release', 'doubtful-hotel-lost-down-0');
    const next = room.holdUp('reserve', 'sure-hotel-down-0');
    const trip = await room.book({ legs: [hotel(['doubtful-hotel-lost-down-0', 'sure-hotel-down-0'])] });
    await release.arrived;
    const tried = { code: 'SUPPLIER_OUTCOME_UNKNOWN', mayBeHeld: true };
    expect((await trip.record()).facts.legs).toMatchObject([{ state: 'FAILED', tried: [tried] }]);
    expect(legStates((await room.engine.ask(trip.id))!)).toEqual({ hotel: 'UNDOING' });
    release.letGo();
    await next.arrived;
    const live = await room.engine.ask(trip.id);
    expect(live?.facts.legs[0]?.tried).toEqual([
      { code: 'SUPPLIER_OUTCOME_UNKNOWN', message: "Hotel service's answer was lost." },
    ]);
    next.letGo();
    await trip.end();
  });

  test('law 5: each choice has a reservation key and idempotency keys of its own', async () => {
    const offers = ['invalid-a-down-0', 'b-lost-down-0', 'c-down-0'];
    const trip = await room.book({ legs: [hotel(offers), { id: 'flight', offers: ['invalid-flight'] }] });
    await trip.end();
    const calls = room.calls.filter(({ reservationKey }) => reservationKey.startsWith(`${trip.id}/`));
    expect(
      calls.map(({ action, reservationKey }) => `${action} ${reservationKey.slice(trip.id.length + 1)}`),
    ).toEqual([
      'reserve hotel',
      'reserve hotel.2',
      'release hotel.2',
      'reserve hotel.3',
      'reserve flight',
      'release flight',
      'release hotel.3',
    ]);
    expect(new Set(calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(calls.length);
    expect(calls.map(({ offerId }) => offerId).slice(0, 4)).toEqual([
      offers[0],
      offers[1],
      offers[1],
      offers[2],
    ]);
    expect(trip.held()).toEqual([]);
  });

  test('has the attempts of the order for each of its choices', async () => {
    const trip = await room.book({
      legs: [{ id: 'flight', offers: ['flight-down', 'flight-down-1'], maxAttempts: 2 }],
    });
    expect(legsOf(await trip.end())[0]).toMatchObject({ state: 'BOOKED', attempts: 2 });
    expect(room.calls.filter(({ reservationKey }) => reservationKey === `${trip.id}/flight`)).toHaveLength(3);
  });

  test('rolls the trip back if none can be had, with the failure of the last', async () => {
    const trip = await room.book({
      legs: [CAR, hotel(['invalid-a-down-0', 'hotel-lost-down-0', 'invalid-hotel-c-down-0'])],
    });
    const record = await trip.end();
    expect(record).toMatchObject({
      status: 'CANCELLED',
      facts: { failure: { code: 'SUPPLIER_REFUSED', legId: 'hotel' } },
    });
    expect(record.facts.legs[1]?.tried).toHaveLength(2);
    expect(trip.held()).toEqual([]);
  });

  test('is released from its second choice after a confirmed trip is called off', async () => {
    const trip = await room.book({ legs: [hotel(['invalid-hotel-down-0', 'plan-b-down-0'])] });
    await trip.end();
    await room.client.workflow.getHandle(trip.id).result();
    await trip.callOff();
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
    expect(room.calls.at(-1)).toMatchObject({
      action: 'release',
      reservationKey: `${trip.id}/hotel.2`,
      offerId: 'plan-b-down-0',
    });
    expect(trip.held()).toEqual([]);
  });

  test('law 10: is reserved and released at the supplier of each choice', async () => {
    const trip = await room.book({
      legs: [hotel(['a-lost-down-0', 'b-down-0'], { suppliers: ['inventory', 'sandbox'] })],
    });
    await trip.end();
    await trip.callOff();
    await trip.end();
    const calls = room.calls.filter(({ reservationKey }) => reservationKey.startsWith(`${trip.id}/`));
    expect(calls.map(({ action, offerId, supplier }) => [action, offerId, supplier].join(' '))).toEqual([
      'reserve a-lost-down-0 inventory',
      'release a-lost-down-0 inventory',
      'reserve b-down-0 sandbox',
      'release b-down-0 sandbox',
    ]);
  });
});

describe('an optional leg', () => {
  test.each([
    ['that is refused', 'invalid-excursion', ['reserve excursion', 'reserve flight']],
    ['whose answer is lost', 'excursion-lost', ['reserve excursion', 'release excursion', 'reserve flight']],
  ])('%s is left out, and the trip is confirmed without it', async (_how, offer, steps) => {
    const trip = await room.book({
      legs: [
        { id: 'excursion', offers: [offer], maxAttempts: 1, ...optional },
        { id: 'flight', offers: ['a-flight'] },
      ],
    });
    const record = await trip.end();
    expect(record).toMatchObject({ status: 'CONFIRMED' });
    expect(legsOf(record)[0]).toMatchObject({
      state: 'LEFT_OUT',
      offerId: offer,
      failure: { code: expect.stringMatching(/^SUPPLIER_/) as string },
    });
    expect(trip.steps()).toEqual(steps);
    expect(trip.held()).toEqual(['flight']);
    expect(await room.client.workflow.getHandle(trip.id).result()).toEqual({
      status: 'success',
      message: 'Booked flight: a-flight',
      booked_flight: 'a-flight',
    });
  });

  test('tries its alternatives first', async () => {
    const trip = await room.book({
      legs: [CAR, { id: 'excursion', offers: ['invalid-a', 'b-lost', 'c'], maxAttempts: 1, ...optional }],
    });
    expect(legsOf(await trip.end())[1]).toMatchObject({ state: 'BOOKED', offerId: 'c' });
    expect(trip.held()).toEqual(['car', 'excursion.3']);
  });

  test('does not call the other legs of its stage off', async () => {
    const car = room.holdUp('reserve', 'undisturbed-car');
    const trip = await room.book({
      legs: [
        { id: 'excursion', offers: ['invalid-excursion'], stage: 1, ...optional },
        { id: 'car', offers: ['undisturbed-car'], stage: 1 },
      ],
    });
    await car.arrived;
    await expect.poll(async () => legStates((await room.engine.ask(trip.id))!)['excursion']).toBe('LEFT_OUT');
    car.letGo();
    expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
  });

  test('that was left out stays left out when the trip is called off', async () => {
    const trip = await room.book({
      legs: [{ id: 'excursion', offers: ['excursion-lost'], maxAttempts: 1, ...optional }, CAR],
    });
    await trip.end();
    await trip.callOff();
    const record = await trip.end();
    expect(record.status).toBe('CANCELLED');
    expect(legStates(record)).toEqual({ excursion: 'LEFT_OUT', car: 'UNDONE' });
    expect(trip.steps().filter((step) => step === 'release excursion')).toHaveLength(1);
  });

  test('law 6: that can be neither had nor released rolls the trip back, and waits for an operator', async () => {
    const trip = await room.book({
      legs: [
        CAR,
        { id: 'excursion', offers: ['excursion-lost-undo-down-2', 'b'], maxAttempts: 1, ...optional },
      ],
      policy: { undoAttempts: 1 },
    });
    await expect
      .poll(async () => legStates(await trip.record()))
      .toEqual({ car: 'UNDONE', excursion: 'UNDO_FAILED' });
    const { status, facts } = await trip.record();
    expect(status).toBe('NEEDS_ATTENTION');
    expect(facts.failure).toMatchObject({ code: 'SUPPLIER_OUTCOME_UNKNOWN', legId: 'excursion' });
    expect(trip.held()).toEqual(['excursion']);
    expect(await decide(room, trip, { action: 'retry', legId: 'excursion' })).toBe('done');
    await expect.poll(async () => (await trip.record()).facts.decisions).toBe(1);
    await expect.poll(async () => legStates(await trip.record())['excursion']).toBe('UNDO_FAILED');
    expect(await decide(room, trip, { action: 'retry', legId: 'excursion' })).toBe('done');
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
    expect(trip.held()).toEqual([]);
  });
});

describe('a booking whose workflow is terminated', () => {
  test('law 13: while the next choice is reserved: every choice that may be held is released', async () => {
    const next = room.holdUp('reserve', 'late-plan-b-down-0', { deaf: true });
    const trip = await room.book({ legs: [CAR, hotel(['invalid-hotel-down-0', 'late-plan-b-down-0'])] });
    await next.arrived;
    await trip.temporal('terminate');
    await trip.callOff();
    await trip.end();
    next.letGo();
    // The call that was under way arrives late, and its tombstone refuses it.
    expect(room.calls.at(-1)?.reservationKey).toBe(`${trip.id}/car`);
    expect(trip.held()).toEqual([]);
  });

  test('law 13: while a choice is released: both are released again', async () => {
    const release = room.holdUp('release', 'gone-hotel-lost-down-0', { deaf: true });
    const trip = await room.book({ legs: [CAR, hotel(['gone-hotel-lost-down-0', 'plan-b-down-0'])] });
    await release.arrived;
    await trip.temporal('terminate');
    await trip.callOff();
    await trip.end();
    expect(trip.held()).toEqual([]);
    release.letGo();
  });

  test('law 13: while a choice is released, then resumed: the leg goes on, and that choice is never tried again', async () => {
    const release = room.holdUp('release', 'parked-hotel-lost-down-0', { deaf: true });
    const trip = await room.book({ legs: [CAR, hotel(['parked-hotel-lost-down-0', 'plan-b-down-0'])] });
    await release.arrived;
    await trip.temporal('terminate');
    await room.engine.nudge(await trip.record(), 5000);
    await trip.is('NEEDS_ATTENTION');
    expect(await decide(room, trip, { action: 'resume' })).toBe('done');
    const record = await trip.end();
    expect(record).toMatchObject({ status: 'CONFIRMED' });
    expect(legsOf(record)[1]).toMatchObject({ offerId: 'plan-b-down-0', state: 'BOOKED' });
    release.letGo();
    expect(trip.steps()).toEqual([
      'reserve car',
      'reserve hotel',
      'release hotel',
      'reserve car',
      'release hotel',
      'reserve hotel',
    ]);
    expect(trip.held()).toEqual(['car', 'hotel.2']);
  });

  test('law 13: while a choice is reserved, then resumed: a refusal of that choice is not certain, so it is released', async () => {
    const first = room.holdUp('reserve', 'overtaken-hotel-down-1', { deaf: true });
    const trip = await room.book({ legs: [hotel(['overtaken-hotel-down-1', 'plan-b-down-0'])] });
    await first.arrived;
    await trip.temporal('terminate');
    await room.engine.nudge(await trip.record(), 5000);
    await trip.is('NEEDS_ATTENTION');
    expect(await decide(room, trip, { action: 'resume' })).toBe('done');
    expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
    // The call of the run that was terminated reaches the supplier only now.
    first.letGo();
    await setImmediate();
    expect(trip.held()).toEqual(['hotel.2']);
  });

  test('after a leg was left out: it stays left out, and nothing of it is released', async () => {
    const next = room.holdUp('reserve', 'stopped-plan-b-down-0', { deaf: true });
    const trip = await room.book({
      legs: [
        { id: 'excursion', offers: ['invalid-excursion'], ...optional },
        hotel(['invalid-hotel-down-0', 'stopped-plan-b-down-0']),
      ],
    });
    await next.arrived;
    await trip.temporal('terminate');
    await room.engine.nudge(await trip.record(), 5000);
    expect(legStates(await trip.is('NEEDS_ATTENTION'))).toEqual({ excursion: 'LEFT_OUT', hotel: 'FAILED' });
    await trip.callOff();
    expect(legStates(await trip.end())).toEqual({ excursion: 'LEFT_OUT', hotel: 'UNDONE' });
    next.letGo();
    expect(trip.steps()).not.toContain('release excursion');
  });

  test('and resumed leaves out again what was left out, without a call', async () => {
    const flight = room.holdUp('reserve', 'left-out-flight', { deaf: true });
    const trip = await room.book({
      legs: [
        { id: 'excursion', offers: ['excursion-lost'], maxAttempts: 1, ...optional },
        { id: 'flight', offers: ['left-out-flight'] },
      ],
    });
    await flight.arrived;
    await trip.temporal('terminate');
    await room.engine.nudge(await trip.record(), 5000);
    await trip.is('NEEDS_ATTENTION');
    flight.letGo();
    expect(await decide(room, trip, { action: 'resume' })).toBe('done');
    const end = await trip.end();
    expect(legStates(end)).toEqual({ excursion: 'LEFT_OUT', flight: 'BOOKED' });
    expect(legsOf(end)[0]).toMatchObject({ failure: { code: 'SUPPLIER_OUTCOME_UNKNOWN' } });
    const reserves = room.calls.filter(
      ({ action, reservationKey }) => action === 'reserve' && reservationKey === `${trip.id}/excursion`,
    );
    expect(reserves).toHaveLength(1);
  });
});

describe('called off while a choice is released', () => {
  test('law 3: the release ends first, and the next choice is never tried', async () => {
    const release = room.holdUp('release', 'wished-hotel-lost-down-0');
    const trip = await room.book({
      legs: [CAR, hotel(['wished-hotel-lost-down-0', 'wished-plan-b-down-0'])],
    });
    await release.arrived;
    await trip.callOff();
    await expect.poll(async () => (await room.engine.ask(trip.id))?.callOff).toBeDefined();
    const events = await calmHistoryOf(room, trip);
    expect(events.some((event) => event.activityTaskCancelRequestedEventAttributes)).toBe(false);
    release.letGo();
    const record = await trip.end();
    expect(record).toMatchObject({ status: 'CANCELLED', facts: { failure: { code: 'CANCELLED' } } });
    expect(trip.steps().filter((step) => step === 'reserve hotel')).toHaveLength(1);
    expect(trip.held()).toEqual([]);
  });
});

test('legs of a stage that give up choices at the same time are recorded one after the other', async () => {
  const both = ['hotel', 'excursion'].map((id) => room.holdUp('reserve', `invalid-${id}-at-once-down-0`));
  const trip = await room.book({
    legs: [
      hotel(['invalid-hotel-at-once-down-0', 'plan-b-down-0'], { stage: 1 }),
      { id: 'excursion', offers: ['invalid-excursion-at-once-down-0', 'plan-b'], stage: 1 },
      { id: 'flight', offers: ['invalid-flight'], stage: 2 },
      { id: 'transfer', offers: ['a-transfer'], stage: 3 },
    ],
  });
  await Promise.all(both.map(({ arrived }) => arrived));
  for (const call of both) call.letGo();
  const record = await trip.end();
  // Claimed, given up twice, rolling back, cancelled: the run's writes didn't collide, so it still knows what it started.
  expect(record).toMatchObject({ status: 'CANCELLED', version: 5 });
  expect(legStates(record)).toMatchObject({ transfer: 'SKIPPED' });
  expect(trip.held()).toEqual([]);
});

describe('while a choice is being given up in the record', () => {
  let writing: ReturnType<typeof createGate>;
  let slow: SagaRoom;
  beforeAll(async () => {
    slow = await openSagaRoom({
      facts: (plain) => ({
        ...plain,
        async write(id, runId, facts) {
          if (facts.status === 'BOOKING') await writing.pass();
          return plain.write(id, runId, facts);
        },
      }),
    });
  });
  afterAll(() => slow.close());

  const book = async () => {
    writing = createGate();
    const flight = slow.holdUp('reserve', 'invalid-flight-meanwhile', { deaf: true });
    const trip = await slow.book({
      legs: [
        hotel(['invalid-hotel-down-0', 'plan-b-down-0'], { stage: 1 }),
        { id: 'flight', offers: ['invalid-flight-meanwhile'], stage: 1 },
        { id: 'transfer', offers: ['a-transfer'], stage: 2 },
      ],
    });
    await Promise.all([flight.arrived, writing.arrived]);
    return { trip, flight };
  };
  const reserves = ({ id }: RoomTrip) =>
    slow.calls.filter(
      ({ action, reservationKey }) => action === 'reserve' && reservationKey.startsWith(`${id}/`),
    );

  test('another leg fails: the write is not abandoned, and the next choice is never tried', async () => {
    const { trip, flight } = await book();
    flight.letGo();
    const failed = async () => (await slow.engine.ask(trip.id))?.facts.failure?.legId;
    await expect.poll(failed).toBe('flight');
    writing.letGo();
    const record = await trip.end();
    // Claimed, given up, rolling back, cancelled.
    expect(record).toMatchObject({ status: 'CANCELLED', version: 4 });
    expect(legStates(record)).toMatchObject({ transfer: 'SKIPPED' });
    expect(reserves(trip)).toHaveLength(2);
    expect(trip.held()).toEqual([]);
  });

  test('the trip is called off and the nudge is lost: the answer shows it, and the next choice is never tried', async () => {
    const { trip, flight } = await book();
    await slow.wishes.callOff(trip.id, { by: 'anonymous', at: new Date().toISOString() });
    writing.letGo();
    await expect.poll(async () => (await slow.engine.ask(trip.id))?.callOff).toBeDefined();
    flight.letGo();
    expect(await trip.end()).toMatchObject({
      status: 'CANCELLED',
      facts: { failure: { code: 'CANCELLED' } },
    });
    const booked = (await historyOf(slow, trip)).filter(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'bookHotel',
    );
    expect(booked).toHaveLength(1);
  });
});

test('the quantity of a leg is asked for at each of its choices', async () => {
  const trip = await room.book({
    legs: [hotel(['quantity-lost-down-0', 'plan-b-down-0'], { quantity: 3 }), CAR],
  });
  await trip.end();
  const calls = room.calls.filter(({ reservationKey }) => reservationKey.startsWith(`${trip.id}/`));
  expect(calls.map(({ quantity }) => quantity)).toEqual([3, 3, 3, 1]);
});
