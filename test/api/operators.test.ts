import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  ResumeBookingDocument,
  RetryUndoDocument,
  SettleUndoDocument,
  type SettleUndoInput,
  type UndoInput,
} from '../../src/client/generated.js';
import { decide, legStates } from '../support/booking-checks.js';
import { request } from '../support/graphql-client.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import { makeDue } from '../support/test-database.js';
import { serve, startTestApi, type TestApi } from './fixtures/api.js';
import { clientOf, inTime } from './fixtures/client.js';
import { nobody } from './fixtures/servers.js';

let room: SagaRoom;
let api: TestApi;
beforeAll(async () => {
  room = await openSagaRoom({ watchmanRoundMs: 100 });
  api = await startTestApi({ room });
});
afterAll(async () => {
  await api.stop();
  await room.close();
});

/** An operator's calls of the API. */
function operatorOf({ url }: { readonly url: string }) {
  return {
    retry: (input: UndoInput) => request(url, RetryUndoDocument, { input }),
    settle: (input: SettleUndoInput) => request(url, SettleUndoDocument, { input }),
    resume: (id: string) => request(url, ResumeBookingDocument, { input: { id } }),
  };
}

/** An operator of an API over a room's own parts, with an engine that counts decisions. */
async function watchedOperator() {
  const { wishes, engine, attempts } = room;
  const decided = vi.fn(engine.decide);
  const watched = await serve({ wishes, attempts, engine: { ...engine, decide: decided } });
  onTestFinished(() => watched.stop());
  return { ...operatorOf(watched), decided };
}

/** A trip whose car can't be released for the number of attempts in its offer id. */
async function stuckTrip(car = 'car-undo-down', of = room): Promise<RoomTrip> {
  const trip = await of.book({ car, flight: 'invalid-flight', policy: { undoAttempts: 1 } });
  await trip.is('NEEDS_ATTENTION');
  return trip;
}

/** A trip whose workflow was terminated half-way, as an operator can with Temporal's own tools. */
async function parkedTrip(car: string): Promise<RoomTrip> {
  const call = room.holdUp('reserve', car);
  const trip = await room.book({ car });
  await call.arrived;
  await trip.temporal('terminate', '--reason', 't');
  await makeDue(room.database, trip.id);
  call.letGo();
  await trip.is('NEEDS_ATTENTION');
  return trip;
}

describe('a stuck undo', () => {
  test('shows its attempts, last error and since when', async () => {
    const { id } = await stuckTrip();
    const [car] = (await clientOf(api).read(id))?.legs ?? [];
    expect(car).toMatchObject({ kind: 'CAR', state: 'UNDO_FAILED', attempts: 1 });
    expect(car?.lastError).toContain("can't be released");
    expect(new Date(car?.since ?? '').getTime()).toBeLessThanOrEqual(Date.now());
  });

  test.each([
    ['leg', { leg: 'CAR' as const }],
    ['legId', { legId: 'car' }],
  ])('can be retried, named by %s', async (by, named) => {
    const trip = await stuckTrip(`retried-by-${by}-car-undo-down-1`);
    const { data } = await operatorOf(api).retry({ id: trip.id, ...named });
    expect(data?.retryUndo).toMatchObject({ booking: { id: trip.id }, userErrors: [] });
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
    expect(trip.held()).toEqual([]);
  });

  test.each([
    ['leg', { leg: 'CAR' as const }],
    ['legId', { legId: 'car' }],
  ])('can be settled by hand, named by %s, and the timeline shows it', async (_by, named) => {
    const trip = await stuckTrip();
    const { data } = await operatorOf(api).settle({ id: trip.id, ...named, note: 'phoned' });
    expect(data?.settleUndo).toMatchObject({ booking: { id: trip.id }, userErrors: [] });
    expect(legStates(await trip.end())).toEqual({ car: 'UNDONE', hotel: 'UNDONE', flight: 'UNDONE' });
    const booking = await clientOf(api).read(trip.id);
    expect(booking?.status).toBe('CANCELLED');
    expect(booking?.timeline.at(-1)).toMatchObject({
      legId: 'car',
      state: 'UNDONE',
      message: 'Settled by hand by anonymous: phoned',
    });
  });

  test('law 12: if none is stuck, the decision is refused and not sent to Temporal', async () => {
    const stuck = await stuckTrip();
    const confirmed = await room.book();
    await confirmed.end();
    const { retry, settle, decided } = await watchedOperator();
    for (const { id, ...named } of [
      { id: stuck.id, leg: 'HOTEL' as const },
      { id: stuck.id, legId: 'hotel' },
      { id: stuck.id, legId: 'no-such-leg' },
      { id: confirmed.id, leg: 'CAR' as const },
    ]) {
      const field = ['input', 'leg' in named ? 'leg' : 'legId'];
      const refusal = { code: 'UNDO_NOT_STUCK', field };
      expect((await retry({ id, ...named })).data?.retryUndo).toMatchObject({
        booking: null,
        userErrors: [refusal],
      });
      expect((await settle({ id, ...named, note: 'n' })).data?.settleUndo.userErrors).toMatchObject([
        refusal,
      ]);
    }
    expect(decided).not.toHaveBeenCalled();
  });

  test('is decided once if two operators decide at the same time', async () => {
    const trip = await stuckTrip();
    const { settle } = operatorOf(api);
    const answers = await Promise.all(
      ['one', 'two'].map((note) => settle({ id: trip.id, leg: 'CAR', note })),
    );
    const errors = answers.flatMap(({ data }) => data?.settleUndo.userErrors ?? []);
    expect(errors).toMatchObject([{ code: 'UNDO_NOT_STUCK' }]);
    expect(await trip.end()).toMatchObject({ facts: { decisions: 1 } });
  });

  test('that another operator has just decided on is read again, and decided with the next number', async () => {
    const trip = await stuckTrip('meanwhile-car-undo-down-2');
    const { retry, decided } = await watchedOperator();
    decided.mockImplementationOnce(async (record, decision) => {
      await decide(room, trip, { action: 'retry', legId: 'car' });
      const standing = async () => {
        const { status, facts } = await trip.record();
        return `${status}, car ${facts.legs[0]?.state}, ${facts.decisions} decisions`;
      };
      await expect.poll(standing).toBe('NEEDS_ATTENTION, car UNDO_FAILED, 1 decisions');
      return room.engine.decide(record, decision);
    });
    expect((await retry({ id: trip.id, leg: 'CAR' })).data?.retryUndo.userErrors).toEqual([]);
    expect(decided.mock.calls.map(([, { number }]) => number)).toEqual([1, 2]);
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED', facts: { decisions: 2 } });
  });
});

describe('an invalid decision is a typed error with the path of its field', () => {
  test.each([
    ['no id', { id: '', leg: 'CAR' as const }, ['id']],
    ['neither leg nor legId', { id: 'x' }, ['leg']],
    ['both leg and legId', { id: 'x', leg: 'CAR' as const, legId: 'car' }, ['leg']],
    ['an empty legId', { id: 'x', legId: ' ' }, ['legId']],
    ['a legId with control characters', { id: 'x', legId: 'a\0' }, ['legId']],
  ])('%s', async (_what, input, path) => {
    const errors = [{ code: 'INVALID_INPUT', field: ['input', ...path] }];
    const { retry, settle } = operatorOf(api);
    expect((await retry(input)).data?.retryUndo.userErrors).toMatchObject(errors);
    expect((await settle({ ...input, note: 'n' })).data?.settleUndo.userErrors).toMatchObject(errors);
  });

  test.each([
    ['a blank', ' '],
    ['an overlong', 'n'.repeat(501)],
    ['an invalid', 'a\0b'],
  ])('%s note', async (_what, note) => {
    const { data } = await operatorOf(api).settle({ id: 'x', leg: 'CAR', note });
    expect(data?.settleUndo.userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['input', 'note'] }]);
  });

  test('an unknown leg kind is refused by GraphQL', async () => {
    const boat = parse('mutation { retryUndo(input: { id: "x", leg: BOAT }) { booking { id } } }');
    const { errors } = await request<unknown, object>(api.url, boat, {});
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });

  test('an unknown booking', async () => {
    const unknown = [{ code: 'BOOKING_NOT_FOUND', field: ['input', 'id'] }];
    const { retry, settle, resume } = operatorOf(api);
    const id = 'nobody-1';
    expect((await retry({ id, leg: 'CAR' })).data?.retryUndo.userErrors).toMatchObject(unknown);
    expect((await settle({ id, leg: 'CAR', note: 'n' })).data?.settleUndo.userErrors).toMatchObject(unknown);
    expect((await resume(id)).data?.resumeBooking.userErrors).toMatchObject(unknown);
  });
});

describe('resumeBooking', () => {
  test('resumes a parked booking, which is then confirmed', async () => {
    const trip = await parkedTrip('resumed-car');
    expect(await clientOf(api).read(trip.id)).toMatchObject({
      status: 'NEEDS_ATTENTION',
      done: false,
      failure: { code: 'TERMINATED', legId: null },
    });
    const { data } = await operatorOf(api).resume(trip.id);
    expect(data?.resumeBooking).toMatchObject({ booking: { id: trip.id }, userErrors: [] });
    expect(data?.resumeBooking.booking?.status).not.toBe('NEEDS_ATTENTION');
    await trip.end();
    expect(await clientOf(api).read(trip.id)).toMatchObject({ status: 'CONFIRMED', done: true });
    expect(trip.held()).toEqual(['car', 'hotel', 'flight']);
  });

  test('is not the only choice: a parked booking can be called off', async () => {
    const trip = await parkedTrip('given-up-car');
    const { booking } = await clientOf(api).cancel({ id: trip.id });
    expect(booking).toMatchObject({ status: 'ROLLING_BACK' });
    const { data } = await operatorOf(api).resume(trip.id);
    expect(data?.resumeBooking.userErrors).toMatchObject([{ code: 'BOOKING_NOT_PARKED' }]);
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
    expect(trip.held()).toEqual([]);
  });

  test('law 12: of a booking that is not parked is a typed error, and nothing is sent to Temporal', async () => {
    const car = room.holdUp('reserve', 'not-parked-car');
    const underWay = await room.book({ car: 'not-parked-car' });
    await car.arrived;
    const confirmed = await room.book();
    await confirmed.end();
    const stuck = await stuckTrip();
    const { resume, decided } = await watchedOperator();
    for (const { id } of [underWay, confirmed, stuck]) {
      expect((await resume(id)).data?.resumeBooking).toMatchObject({
        booking: null,
        userErrors: [{ code: 'BOOKING_NOT_PARKED', field: ['input', 'id'] }],
      });
    }
    car.letGo();
    expect(decided).not.toHaveBeenCalled();
  });
});

describe('a decision that can’t be delivered gets an error that says when to retry', () => {
  test('because no worker answers; after a retry it is carried out once', async () => {
    const lonely = await openSagaRoom();
    const served = await startTestApi({ room: lonely });
    onTestFinished(async () => {
      await served.stop();
      await lonely.close();
    });
    const trip = await stuckTrip('car-undo-down', lonely);
    await lonely.stopWorker();
    const { settle } = operatorOf(served);
    const input = { id: trip.id, leg: 'CAR' as const, note: 'n' };
    expect((await inTime(3000, settle(input))).errors).toMatchObject([
      { path: ['settleUndo'], extensions: { code: 'WORKER_UNAVAILABLE', retryAfterSeconds: 5 } },
    ]);
    await lonely.startWorker();
    const refusals = async () => {
      const { data, errors } = await settle(input);
      return errors ? 'retry' : data?.settleUndo.userErrors.map(({ code }) => code).join();
    };
    // The first request may have been carried out by then.
    await expect.poll(refusals).toMatch(/^(UNDO_NOT_STUCK)?$/);
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED', facts: { decisions: 1 } });
  });

  test('because Temporal is unavailable', async () => {
    const trip = await stuckTrip();
    const isolated = await startTestApi({ room, temporalAddress: (await nobody()).address });
    onTestFinished(() => isolated.stop());
    const { errors } = await inTime(3000, operatorOf(isolated).retry({ id: trip.id, leg: 'CAR' }));
    expect(errors).toMatchObject([
      { path: ['retryUndo'], extensions: { code: 'BOOKING_ENGINE_UNAVAILABLE', retryAfterSeconds: 5 } },
    ]);
    expect(await trip.record()).toMatchObject({ status: 'NEEDS_ATTENTION', facts: { decisions: 0 } });
  });
});
