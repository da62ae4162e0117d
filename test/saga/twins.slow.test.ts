import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { Facts } from '../../src/database/facts.js';
import type { BookingStatus } from '../../src/model/booking.js';
import { decide, heard, historyOf } from '../support/booking-checks.js';
import { expectAgreement } from '../support/agreement.js';
import { createGate } from '../support/gate.js';
import { activityEvents } from '../support/history.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { makeDue } from '../support/test-database.js';
import { reset } from '../support/workflow-tasks.js';

/**
 * A worker presumed dead may wake up with a pending claim or write, and an answer may be lost: the same step of the same run,
 * or of a run that no longer exists, happens twice. The letters refer to the design's list of what must not be lost.
 */

async function room(facts: (plain: Facts) => Facts): Promise<SagaRoom> {
  const opened = await openSagaRoom({ watchmanRoundMs: 100, facts });
  onTestFinished(() => opened.close());
  return opened;
}

/** Delays the first call of a kind before it reaches the database. */
function gate() {
  const { arrived, pass, letGo } = createGate();
  let first = true;
  let settled: Promise<unknown> = Promise.resolve();
  return {
    arrived,
    /** Lets the call through and waits for the database's answer. */
    async release() {
      letGo();
      await settled;
    },
    hold<T>(call: () => Promise<T>): Promise<T> {
      if (!first) return call();
      first = false;
      const late = pass().then(call);
      settled = late.catch(() => undefined);
      return late;
    },
  };
}

/** Lets a twin act once, immediately before the trip is recorded as confirmed. */
function beforeConfirmed(
  plain: Facts,
  stray: (...write: Parameters<Facts['write']>) => Promise<void>,
): Facts {
  let strayed = false;
  return {
    ...plain,
    async write(id, run, write) {
      if (write.status === 'CONFIRMED' && !strayed) {
        strayed = true;
        await stray(id, run, write);
      }
      return plain.write(id, run, write);
    },
  };
}

test('A: a late write has no effect, even though it is this run’s own', async () => {
  const held = gate();
  const opened = await room((plain) => ({
    ...plain,
    write: (id, run, write) =>
      write.status === 'NEEDS_ATTENTION'
        ? held.hold(() => plain.write(id, run, write))
        : plain.write(id, run, write),
  }));
  const trip = await opened.book({
    car: 'write-car-undo-down',
    hotel: 'write-hotel-down-0-undo-down',
    flight: 'invalid-flight',
    policy: { undoAttempts: 1 },
  });
  await held.arrived;
  await trip.is('NEEDS_ATTENTION');
  await expect
    .poll(async () => (await trip.record()).facts.legs.map(({ state }) => state))
    .toEqual(['UNDO_FAILED', 'UNDO_FAILED', 'UNDONE']);
  await decide(opened, trip, { action: 'settle', legId: 'car', note: 'phoned' });
  const before = await trip.record();
  await held.release();
  expect(await trip.record()).toEqual(before);
  expect(before.facts.decisions).toBe(1);
});

test('law 15: a zombie’s write changes nothing and undoes nothing', async () => {
  const held = gate();
  const opened = await room((plain) => ({
    ...plain,
    write: (id, run, write) => held.hold(() => plain.write(id, run, write)),
  }));
  const trip = await opened.book();
  await held.arrived;
  await trip.temporal('terminate', '--reason', 'test');
  await makeDue(opened.database, trip.id);
  await trip.is('NEEDS_ATTENTION');
  const before = await trip.record();
  await held.release();
  expect(await trip.record()).toEqual(before);
  expect(trip.held()).toEqual(['car', 'hotel', 'flight']);
  await decide(opened, trip, { action: 'resume' });
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
  await expectAgreement(opened, trip);
});

test('C: a zombie’s claim doesn’t park a healthy trip', async () => {
  const held = gate();
  const opened = await room((plain) => ({
    ...plain,
    claim: (id, run) => held.hold(() => plain.claim(id, run)),
  }));
  const trip = await opened.book();
  await held.arrived;
  await trip.temporal('terminate', '--reason', 'test');
  await opened.engine.nudge(await trip.record(), 5000);
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
  const before = await trip.record();
  await held.release();
  expect(await trip.record()).toEqual(before);
  await expectAgreement(opened, trip);
});

test('law 15: a run that a stale answer of Temporal makes a zombie decides nothing and tries again', async () => {
  let stale = 0;
  const opened = await openSagaRoom({
    keeperEngine: (engine) => ({
      currentRun: async (id) => (stale++ < 2 ? { runId: 'another', isOpen: true } : engine.currentRun(id)),
    }),
  });
  onTestFinished(() => opened.close());
  const car = opened.holdUp('reserve', 'stale-car', { deaf: true });
  const trip = await opened.book({ car: 'stale-car' });
  await car.arrived;
  await trip.temporal('terminate', '--reason', 'test');
  await opened.engine.nudge(await trip.record(), 5000);
  const { runId } = (await opened.engine.currentRun(trip.id))!;
  expect(await trip.is('NEEDS_ATTENTION')).toMatchObject({ runId });
  expect(stale).toBeGreaterThan(2);
  car.letGo();
  await expectAgreement(opened, trip);
});

test('C: a terminated run takes nothing over, even though Temporal still reports it as the current one', async () => {
  const held = gate();
  let claims = 0;
  const opened = await room((plain) => ({
    ...plain,
    claim: (id, run) => (++claims === 2 ? held.hold(() => plain.claim(id, run)) : plain.claim(id, run)),
  }));
  const car = opened.holdUp('reserve', 'owned-car', { deaf: true });
  const trip = await opened.book({ car: 'owned-car' });
  await car.arrived;
  await trip.temporal('terminate', '--reason', 'test');
  await opened.engine.nudge(await trip.record(), 5000);
  await held.arrived;
  await trip.temporal('terminate', '--reason', 'test');
  const before = await trip.record();
  await held.release();
  car.letGo();
  // Its next step would take no longer than this.
  await sleep(500);
  expect((await trip.record()).runId).toBe(before.runId);
  await opened.engine.nudge(before, 5000);
  await trip.is('NEEDS_ATTENTION');
  await expectAgreement(opened, trip);
});

const STEPS: ('claim' | BookingStatus)[] = ['claim', 'CONFIRMED', 'ROLLING_BACK', 'CANCELLED'];

test.each(STEPS)(
  'D, E: %s is repeated when its answer was lost, and the trip continues as intended',
  async (step) => {
    let lost = 0;
    const losing = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
      const answer = await call();
      if (what === step && lost++ === 0) throw new Error('Connection terminated');
      return answer;
    };
    const opened = await room((plain) => ({
      ...plain,
      claim: (id, run) => losing('claim', () => plain.claim(id, run)),
      write: (id, run, write) => losing(write.status, () => plain.write(id, run, write)),
    }));
    const refused = step === 'ROLLING_BACK' || step === 'CANCELLED';
    const trip = await opened.book(refused ? { flight: 'invalid-flight' } : {});
    expect(await trip.end()).toMatchObject({ status: refused ? 'CANCELLED' : 'CONFIRMED' });
    expect(lost).toBeGreaterThan(0);
    await expectAgreement(opened, trip);
  },
);

test('K: a run whose write did not return what it wrote releases every leg, not only those it has armed', async () => {
  let lost = 0;
  const opened = await room((plain) => ({
    ...plain,
    async write(id, run, write) {
      const answer = await plain.write(id, run, write);
      if (lost++ === 0) throw new Error('Connection terminated');
      return answer;
    },
  }));
  const trip = await opened.book({ hotel: 'invalid-hotel' });
  await trip.end();
  expect(trip.steps().slice(2)).toEqual(['release flight', 'release hotel', 'release car']);
});

test('J: a claim that finds a wish made after its own first claim releases every leg, not only those it has armed', async () => {
  let claims = 0;
  const opened = await room((plain) => ({
    ...plain,
    async claim(id, run) {
      const answer = await plain.claim(id, run);
      if (claims++ > 0) return answer;
      // Its twin on a stopped worker claimed it, and the trip is called off before this run claims it.
      await opened.wishes.callOff(id, { by: 'anonymous', at: new Date().toISOString() });
      throw new Error('Connection terminated');
    },
  }));
  const trip = await opened.book();
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
  expect(trip.steps()).toEqual(['release flight', 'release hotel', 'release car']);
  const commands = activityEvents({ events: await historyOf(opened, trip) });
  expect(commands).not.toContain('bookCar scheduled');
  expect((await trip.record()).facts.events.map(({ state }) => state)).not.toContain('SKIPPED');
  await expectAgreement(opened, trip);
});

test('K: nothing is reserved after the wish to call the trip off, although its nudge was lost', async () => {
  const opened = await room((plain) => plain);
  const car = opened.holdUp('reserve', 'wish-car', { deaf: true });
  const trip = await opened.book({ car: 'wish-car' });
  await car.arrived;
  await opened.wishes.callOff(trip.id, { by: 'anonymous', at: new Date().toISOString() });
  car.letGo();
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED', facts: { failure: { code: 'CANCELLED' } } });
  expect(trip.steps()).not.toContain('reserve hotel');
  const { events } = (await trip.record()).facts;
  const hotel = events.filter(({ legId }) => legId === 'hotel').map(({ state }) => state);
  expect(hotel).toEqual(['RUNNING', 'FAILED', 'UNDOING', 'UNDONE']);
  await expectAgreement(opened, trip);
});

test('K: nothing is reserved once anything is being undone, however late the call checks the record', async () => {
  const held = gate();
  const opened = await room((plain) => ({
    ...plain,
    goesForward: (id, run) => held.hold(() => plain.goesForward(id, run)),
  }));
  const trip = await opened.book({ policy: { deadlineSeconds: 1 } });
  await held.arrived;
  // Its heartbeat times out, and the deadline passes.
  await trip.is('CANCELLED');
  await held.release();
  await sleep(500);
  expect(trip.steps()).not.toContain('reserve car');
  await expectAgreement(opened, trip);
});

test('L: CONFIRMED is written again over a twin’s stray write', async () => {
  const opened = await room((plain) =>
    beforeConfirmed(plain, async (id, run, write) => {
      const { facts } = (await plain.read(id))!;
      await plain.write(id, run, { ...write, status: 'NEEDS_ATTENTION', facts });
    }),
  );
  const trip = await opened.book();
  const end = await trip.end();
  expect(end).toMatchObject({ status: 'CONFIRMED', version: 3 });
  expect(end.facts.legs.map(({ state }) => state)).toEqual(['BOOKED', 'BOOKED', 'BOOKED']);
  await expectAgreement(opened, trip);
});

test('B: a trip that a twin has begun to undo is not confirmed but undone', async () => {
  const opened = await room((plain) =>
    beforeConfirmed(plain, async (id, run, write) => {
      await plain.write(id, run, { ...write, status: 'ROLLING_BACK' });
    }),
  );
  const trip = await opened.book();
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
  await expectAgreement(opened, trip);
});

test('H: a wish made during the write of CONFIRMED is carried out', async () => {
  const opened = await room((plain) => ({
    ...plain,
    async write(id, run, write) {
      const answer = await plain.write(id, run, write);
      if (write.status === 'CONFIRMED') {
        const wished = await opened.wishes.callOff(id, { by: 'anonymous', at: new Date().toISOString() });
        if (wished) await opened.engine.nudge(wished, 5000);
      }
      return answer;
    },
  }));
  const trip = await opened.book();
  // Between that write and the wish the booking is briefly done.
  expect(await trip.is('CANCELLED')).toMatchObject({ facts: { failure: { code: 'CANCELLED' } } });
  await expectAgreement(opened, trip);
});

test('H: a wish whose nudge arrives during the write of CONFIRMED is carried out by the same run', async () => {
  let tries = 0;
  const opened = await room((plain) => ({
    ...plain,
    async write(id, run, write) {
      if (write.status !== 'CONFIRMED') return plain.write(id, run, write);
      // The local activity fails; during the ordinary one after it the run can receive nudges.
      if (++tries === 1) throw new Error('Connection terminated');
      const answer = await plain.write(id, run, write);
      const wished = (await opened.wishes.callOff(id, { by: 'anonymous', at: new Date().toISOString() }))!;
      await opened.engine.nudge(wished, 5000);
      await heard(opened, opened.trip(id), 'nudge');
      return answer;
    },
  }));
  const trip = await opened.book();
  const { runId } = (await opened.engine.currentRun(trip.id))!;
  expect(await trip.is('CANCELLED')).toMatchObject({ runId, facts: { failure: { code: 'CANCELLED' } } });
  await expectAgreement(opened, trip);
});

test('B: a release delayed in a stopped worker never reaches a trip that goes forward', async () => {
  const opened = await room((plain) => plain);
  const flight = opened.holdUp('release', 'door-flight', { deaf: true });
  const trip = await opened.book({ flight: 'door-flight' });
  await trip.end();
  await trip.callOff();
  await flight.arrived;
  await trip.temporal('terminate', '--reason', 'test');
  const record = await trip.record();
  expect(record.undoing).toBe(true);
  const resume = { action: 'resume', number: record.facts.decisions + 1, by: 'olga' } as const;
  expect(await opened.engine.decide(record, resume)).toBe('refused');
  flight.letGo();
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
  await expectAgreement(opened, trip);
});

test.each(['the same run', 'a run that was reset'])(
  '%s does not treat a record that is missing after the claim as a new booking, but waits and reports it',
  async (whose) => {
    const opened = await room((plain) => plain);
    const hotel = opened.holdUp('reserve', 'missing-hotel-down-0', { deaf: true });
    const trip = await opened.book({ hotel: 'missing-hotel-down-0' });
    await hotel.arrived;
    const { rows } = await opened.database.pool.query<{ saved: unknown }>(
      'delete from bookings where id = $1 returning to_jsonb(bookings) as saved',
      [trip.id],
    );
    if (whose !== 'the same run') {
      await reset(opened, trip, 'first');
    }
    hotel.letGo();
    const pending = async () => {
      const { raw } = await opened.client.workflow.getHandle(trip.id).describe();
      return raw.pendingActivities?.map(({ lastFailure }) => lastFailure?.message).join() ?? '';
    };
    await expect.poll(pending).toContain('The database no longer has a record of');
    expect(await opened.wishes.find(trip.id)).toBeUndefined();
    // The record is restored.
    await opened.database.pool.query(
      `insert into bookings (id, reference, booking_order, run_id, version, status)
     select s->>'id', s->>'reference', s->'booking_order', s->>'run_id', (s->>'version')::int, s->>'status'
     from (select $1::jsonb as s) saved`,
      [JSON.stringify(rows[0]?.saved)],
    );
    if (whose !== 'the same run') {
      await trip.is('NEEDS_ATTENTION');
      expect(await decide(opened, trip, { action: 'resume' })).toBe('done');
    }
    expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
    await expectAgreement(opened, trip);
  },
);
