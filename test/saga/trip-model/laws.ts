import { isDone, legsOf, type BookingRecord } from '../../../src/model/booking.js';
import { idempotencyKey, reservationKey, type OrderedLeg } from '../../../src/model/legs.js';
import type { Call, Witness, World } from './world.js';

/** What must hold whenever a supplier is called. The numbers are those of ARCHITECTURE's laws. */
export function createWitness(id: string): Witness {
  const keyOf = (leg: OrderedLeg, choice: number) => reservationKey(id, leg.id, choice);

  /** Of the same run: a run that was terminated can't stop the calls that it left behind. */
  const running = ({ runId }: Call, { calls }: World) =>
    calls.filter((one) => one.runId === runId && one.end === undefined);

  function bothStart(call: Call, leg: OrderedLeg, { calls }: World): string[] {
    const wrong: string[] = [];
    const chosen = leg.choices[call.choice];
    if (chosen?.supplier !== call.supplier || chosen.offerId !== call.offerId)
      wrong.push(`law 10: ${call.offerId} at ${call.supplier} isn't the choice of its key`);
    if (call.quantity !== leg.quantity || call.kind !== leg.kind)
      wrong.push('not the quantity or kind ordered');
    const others = calls.filter(({ step }) => step === call.step);
    if (others.some(({ idempotencyKey: key }) => key !== call.idempotencyKey))
      wrong.push('law 5: the attempts of a step have different idempotency keys');
    const twin = calls.find(({ idempotencyKey: key }) => key === call.idempotencyKey);
    if (twin && (twin.action !== call.action || twin.reservationKey !== call.reservationKey))
      wrong.push('law 5: two steps have one idempotency key');
    if (!call.idempotencyKey.startsWith(idempotencyKey(call.reservationKey, call.action, 0).slice(0, -1)))
      wrong.push('law 5: an idempotency key of something else');
    return wrong;
  }

  function reserveStarts(call: Call, leg: OrderedLeg, world: World): string[] {
    const wrong: string[] = [];
    const record = world.record();
    const { books, order } = world;
    // A call that a terminated run left behind may start before anything is known of its replacement.
    const isOwner = record?.runId === call.runId;
    if (isOwner && record.undoing) wrong.push('the one-way door: reserved in the rollback');
    if (isOwner && isDone(record)) wrong.push('law 7: reserved after the end');
    const tried = record && legsOf(record).find((one) => one.id === leg.id)?.tried.length;
    if (isOwner && tried !== call.choice)
      wrong.push(`law 13: choice ${call.choice} is tried while the record says ${tried}`);
    for (let earlier = 0; earlier < call.choice; earlier++) {
      const isRunning = running(call, world).some(({ reservationKey: key }) => key === keyOf(leg, earlier));
      if (isRunning || !books.isOver(keyOf(leg, earlier)))
        wrong.push(`law 13: choice ${call.choice} is tried while choice ${earlier} may be held`);
    }
    for (const before of order.legs.filter(({ stage }) => stage < leg.stage)) {
      const isHeld = before.choices.some((_, choice) => books.of(keyOf(before, choice)).length > 0);
      if (before.required && !isHeld) wrong.push(`stages in turn: ${before.id} isn't held yet`);
      if (running(call, world).some(({ legId }) => legId === before.id))
        wrong.push(`stages in turn: ${before.id} is still being called`);
    }
    if (running(call, world).some(({ legId }) => legId === leg.id))
      wrong.push('two calls for a leg at a time');
    return wrong;
  }

  function releaseStarts(call: Call, leg: OrderedLeg, world: World): string[] {
    const wrong: string[] = [];
    const atTheTime = running(call, world);
    if (atTheTime.some(({ legId }) => legId === leg.id)) wrong.push('two calls for a leg at a time');
    const decided = ({ runId, step, idempotencyKey: key }: Call) =>
      runId !== call.runId || step === call.step || key !== call.idempotencyKey;
    const ofKey = world.calls.filter(({ reservationKey: key }) => key === call.reservationKey);
    if (ofKey.some((one) => isStuck(one, world) && !decided(one)))
      wrong.push('law 6: released again after its attempts were spent, without an operator');
    if (!call.inRollback) return wrong;
    if (atTheTime.some(({ action }) => action === 'reserve'))
      wrong.push('law 2: released while the trip is still reserving');
    if (isRetry(call, world)) return wrong;
    for (const later of world.order.legs.filter(({ stage }) => stage > leg.stage)) {
      if (atTheTime.some((one) => one.legId === later.id && !isRetry(one, world)))
        wrong.push(`law 2: released before the release of ${later.id} has ended`);
      const isHeld = later.choices.some((_, choice) => world.books.of(keyOf(later, choice)).length > 0);
      if (isHeld && !world.calls.some((one) => one.legId === later.id && isStuck(one, world)))
        wrong.push(`law 2: released before ${later.id}`);
    }
    return wrong;
  }

  /** An operator has an undo retried whenever they like. */
  function isRetry({ legId, step }: Call, world: World): boolean {
    return world.calls.some((one) => one.legId === legId && one.step !== step && isStuck(one, world));
  }

  /** Whether the call belongs to a step that has spent its attempts. */
  function isStuck({ step, action }: Call, { calls, order }: World): boolean {
    const attempts = calls.filter((one) => one.step === step);
    return (
      action === 'release' &&
      attempts.length >= order.policy.undoAttempts &&
      attempts.every(({ end }) => end === 'failed')
    );
  }

  return {
    starts(call, world) {
      const leg = world.order.legs.find((one) => one.id === call.legId);
      const wrong =
        !leg || call.choice < 0
          ? ['law 5: a key that stands for no choice']
          : [
              ...bothStart(call, leg, world),
              ...(call.action === 'reserve'
                ? reserveStarts(call, leg, world)
                : releaseStarts(call, leg, world)),
            ];
      const name = `${call.action} ${call.reservationKey.slice(id.length + 1)}`;
      world.violations.push(...wrong.map((what) => `${name}: ${what}`));
    },
  };
}

/** What the books must show whenever this is in the record, for nobody may read it before it is true. */
export function booksAgree(record: BookingRecord, world: World): string[] {
  const { books, calls } = world;
  const { id, runId } = record;
  const wrong: string[] = [];
  const isEnd = record.status === 'CONFIRMED' || record.status === 'CANCELLED';
  if (isEnd && calls.some((call) => call.runId === runId && call.end === undefined))
    wrong.push(`law 11: recorded as ${record.status} while a supplier is being called`);
  if (record.status === 'CANCELLED' && books.heldKeys().length > 0)
    wrong.push(`law 6: CANCELLED while ${books.heldKeys().join()} are held`);
  if (record.status !== 'CONFIRMED') return wrong;
  for (const leg of legsOf(record)) {
    leg.choices.forEach(({ supplier, offerId }, choice) => {
      const held = books.of(reservationKey(id, leg.id, choice));
      const isBooked = choice === leg.choice && leg.state === 'BOOKED';
      const name = `${leg.id}, choice ${choice}`;
      if (!isBooked && held.length > 0) wrong.push(`law 13: CONFIRMED, and ${name} is held too`);
      if (!isBooked) return;
      const { confirmation, ...found } = held[0] ?? {};
      const expected = { supplier, offerId, quantity: leg.quantity };
      if (held.length !== 1 || !isSame(found, expected))
        wrong.push(`CONFIRMED, and of ${name} ${JSON.stringify(held)} is held`);
      else if (leg.holding?.confirmation !== confirmation)
        wrong.push(`CONFIRMED with another confirmation of ${name} than the supplier's`);
    });
    const isRight = leg.state === 'BOOKED' || (leg.state === 'LEFT_OUT' && !leg.required && leg.failure);
    if (!isRight) wrong.push(`CONFIRMED, and ${leg.id} is ${leg.state}`);
  }
  return wrong;
}

/** Law 13: what was given up is never tried again, not even when the trip is resumed. */
export function staysGivenUp(record: BookingRecord, before: BookingRecord | undefined): string[] {
  return (before?.facts.legs ?? []).flatMap(({ id, tried }, index) => {
    const now = record.facts.legs[index]?.tried ?? [];
    const codes = now.slice(0, tried.length).map(({ code }) => code);
    return codes.join() === tried.map(({ code }) => code).join()
      ? []
      : [`law 13: of ${id} was given up ${tried.length} times, and then ${now.length} times`];
  });
}

const isSame = (one: object, other: object) =>
  JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
