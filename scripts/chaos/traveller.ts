import { setTimeout as sleep } from 'node:timers/promises';
import type { Desk } from './desk.js';
import { createDice } from './dice.js';
import { noteFirst, SHOWN, type ShownBooking, type ToldBook } from './told.js';
import { idOfKey, type Act, type TripPlan } from './trips.js';
import type { Violations } from './violations.js';

export interface Counter {
  /** One more thing of a kind was done to the system. */
  count(kind: string): void;
}

export interface Surroundings {
  readonly desk: Desk;
  readonly told: ToldBook;
  readonly violations: Violations;
  readonly counter: Counter;
}

export interface Payload {
  readonly booking: ShownBooking | null;
  readonly userErrors: readonly { readonly code: string; readonly bookingId?: string }[];
}

const BOOK = `mutation ($input: BookVacationInput!) { payload: bookVacation(input: $input) {
  booking { ${SHOWN} } userErrors { code ... on IdempotencyKeyReusedError { bookingId } } } }`;
const CANCEL = `mutation ($input: CancelBookingInput!) { payload: cancelBooking(input: $input) {
  booking { ${SHOWN} } userErrors { code } } }`;

const TRY_AGAIN_MS = 400;

/** Books, perhaps asks again under the same key, perhaps cancels: as the plan says, whatever is broken meanwhile. */
export async function travel(plan: TripPlan, around: Surroundings): Promise<void> {
  const id = await book(plan, around);
  if (id === undefined) return;
  const answeredAt = Date.now();
  for (const act of plan.acts) {
    await sleep(Math.max(answeredAt + act.after - Date.now(), 0));
    await perform(act, id, plan, around);
  }
}

/** @returns the booking's id, once anybody told it */
export async function book(plan: TripPlan, around: Surroundings): Promise<string | undefined> {
  const { desk, told, violations } = around;
  const dice = createDice(plan.name);
  for (let attempt = 0; attempt < plan.patience; attempt++) {
    if (plan.key === undefined) told.keyless.set(plan.name, (told.keyless.get(plan.name) ?? 0) + 1);
    // Who isn't answered asks the other API, and perhaps the first one again.
    const api = (plan.api + attempt) % 2;
    const answer = await desk.ask<{ readonly payload: Payload }>(api, BOOK, { input: plan.input });
    if (answer.kind === 'answer') {
      const { booking, userErrors } = answer.data.payload;
      if (!booking || userErrors.length > 0) {
        violations.add(
          'a good request is accepted',
          booking?.id,
          `${plan.name}: ${JSON.stringify(userErrors)}`,
        );
        return undefined;
      }
      accept(plan, booking, around);
      told.read(`${plan.name} books`, answer, booking);
      return booking.id;
    }
    if (plan.key !== undefined && answer.bookingId !== undefined && answer.bookingId !== idOfKey(plan.key)) {
      violations.add('one key, one booking', answer.bookingId, `${plan.name}: not the id of its key`);
    }
    await sleep(dice.between(TRY_AGAIN_MS / 2, TRY_AGAIN_MS * 2));
  }
  return undefined;
}

function accept(plan: TripPlan, { id }: ShownBooking, { told, violations }: Surroundings): void {
  noteFirst(told.accepted, id);
  if (plan.key !== undefined && id !== idOfKey(plan.key)) {
    violations.add('one key, one booking', id, `${plan.name} expected ${idOfKey(plan.key)}`);
  }
}

async function perform({ what, api }: Act, id: string, plan: TripPlan, around: Surroundings): Promise<void> {
  around.counter.count(what);
  switch (what) {
    case 'cancel':
      return cancel(api, id, 'traveller', around);
    case 'repeat': {
      const again = await book({ ...plan, api, patience: 1 }, around);
      if (again !== undefined && again !== id)
        around.violations.add('one key, one booking', again, `${plan.name} had ${id}`);
      return;
    }
    case 'other trip under the same key':
      return bookOther(api, id, plan, around);
  }
}

async function bookOther(
  api: number,
  id: string,
  plan: TripPlan,
  { desk, violations }: Surroundings,
): Promise<void> {
  const input = { ...plan.input, name: `${plan.name} the other`, waitSeconds: 0 };
  const answer = await desk.ask<{ readonly payload: Payload }>(api, BOOK, { input });
  if (answer.kind !== 'answer') return;
  const [error] = answer.data.payload.userErrors;
  if (error?.code !== 'IDEMPOTENCY_KEY_REUSED' || error.bookingId !== id) {
    violations.add(
      'one key, one booking',
      id,
      `another trip under it: ${JSON.stringify(answer.data.payload)}`,
    );
  }
}

export async function cancel(api: number, id: string, by: string, around: Surroundings): Promise<void> {
  const { desk, told, violations } = around;
  noteFirst(told.cancelAsked, id);
  const input = { id, reason: `chaos: ${by}` };
  const answer = await desk.ask<{ readonly payload: Payload }>(api, CANCEL, { input });
  if (answer.kind !== 'answer') return;
  const { booking, userErrors } = answer.data.payload;
  const [error] = userErrors;
  if (error && error.code !== 'ALREADY_CANCELLED') {
    violations.add('what was accepted can be called off', id, error.code);
    return;
  }
  noteFirst(told.calledOff, id, answer.to);
  if (booking) told.read(`${by} cancels`, answer, booking);
}
