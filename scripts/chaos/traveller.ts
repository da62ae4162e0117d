import { setTimeout as sleep } from 'node:timers/promises';
import type { Desk } from './desk.js';
import { createDice } from './dice.js';
import { noteFirst, SHOWN, type ShownBooking, type Observations } from './told.js';
import { idOfKey, type Act, type TripPlan } from './trips.js';
import type { Violations } from './violations.js';

export interface Counter {
  /** Counts one more action or fault of a kind. */
  count(kind: string): void;
}

export interface ChaosContext {
  readonly desk: Desk;
  readonly observed: Observations;
  readonly violations: Violations;
  readonly counter: Counter;
}

export interface Payload {
  readonly booking: ShownBooking | null;
  readonly userErrors: readonly { readonly code: string; readonly bookingId?: string }[];
}

const documentOf = (
  mutation: string,
  type: string,
) => `mutation ($input: ${type}!) { payload: ${mutation}(input: $input) {
  booking { ${SHOWN} } userErrors { code bookingId } } }`;
const BOOK = {
  bookVacation: documentOf('bookVacation', 'BookVacationInput'),
  bookTrip: documentOf('bookTrip', 'BookTripInput'),
};
const CANCEL = `mutation ($input: CancelBookingInput!) { payload: cancelBooking(input: $input) {
  booking { ${SHOWN} } userErrors { code } } }`;

const TRY_AGAIN_MS = 400;

/** Follows the plan, whatever is broken meanwhile: books, and may then repeat the request with the same key or cancel. */
export async function travel(plan: TripPlan, context: ChaosContext): Promise<void> {
  const id = await book(plan, context);
  if (id === undefined) return;
  const answeredAt = Date.now();
  for (const act of plan.acts) {
    await sleep(Math.max(answeredAt + act.after - Date.now(), 0));
    await perform(act, id, plan, context);
  }
}

/** @returns the booking's id, or `undefined` if no response contained it */
export async function book(plan: TripPlan, context: ChaosContext): Promise<string | undefined> {
  const { desk, observed, violations } = context;
  const { request } = plan;
  const dice = createDice(plan.name);
  for (let attempt = 0; attempt < plan.patience; attempt++) {
    if (plan.key === undefined) observed.keyless.set(plan.name, (observed.keyless.get(plan.name) ?? 0) + 1);
    // Without a response, try the other API, then the first one again.
    const api = (plan.api + attempt) % 2;
    const answer = await desk.ask<{ readonly payload: Payload }>(api, BOOK[request.mutation], {
      input: request.input,
    });
    if (answer.kind === 'answer') {
      const { booking, userErrors } = answer.data.payload;
      if (!booking || userErrors.length > 0) {
        violations.add(
          'a valid request is accepted',
          booking?.id,
          `${plan.name}: ${JSON.stringify(userErrors)}`,
        );
        return undefined;
      }
      accept(plan, booking, context);
      observed.read(`${plan.name} books`, answer, booking);
      return booking.id;
    }
    if (plan.key !== undefined && answer.bookingId !== undefined && answer.bookingId !== idOfKey(plan.key)) {
      violations.add('one key, one booking', answer.bookingId, `${plan.name}: the id doesn't match its key`);
    }
    await sleep(dice.between(TRY_AGAIN_MS / 2, TRY_AGAIN_MS * 2));
  }
  return undefined;
}

function accept(plan: TripPlan, { id }: ShownBooking, { observed, violations }: ChaosContext): void {
  noteFirst(observed.accepted, id);
  if (plan.key !== undefined && id !== idOfKey(plan.key)) {
    violations.add('one key, one booking', id, `${plan.name} expected ${idOfKey(plan.key)}`);
  }
}

async function perform({ what, api }: Act, id: string, plan: TripPlan, context: ChaosContext): Promise<void> {
  context.counter.count(what);
  switch (what) {
    case 'cancel':
      return cancel(api, id, 'traveller', context);
    case 'repeat': {
      const again = await book({ ...plan, api, patience: 1 }, context);
      if (again !== undefined && again !== id)
        context.violations.add('one key, one booking', again, `${plan.name} had ${id}`);
      return;
    }
    case 'other trip under the same key':
      return bookOther(api, id, plan, context);
  }
}

async function bookOther(
  api: number,
  id: string,
  plan: TripPlan,
  { desk, violations }: ChaosContext,
): Promise<void> {
  const { mutation } = plan.request;
  const input = { ...plan.request.input, name: `${plan.name} the other`, waitSeconds: 0 };
  const answer = await desk.ask<{ readonly payload: Payload }>(api, BOOK[mutation], { input });
  if (answer.kind !== 'answer') return;
  const [error] = answer.data.payload.userErrors;
  if (error?.code !== 'IDEMPOTENCY_KEY_REUSED' || error.bookingId !== id) {
    violations.add(
      'one key, one booking',
      id,
      `another trip under the same key: ${JSON.stringify(answer.data.payload)}`,
    );
  }
}

export async function cancel(api: number, id: string, by: string, context: ChaosContext): Promise<void> {
  const { desk, observed, violations } = context;
  noteFirst(observed.cancelRequested, id);
  const input = { id, reason: `chaos: ${by}` };
  const answer = await desk.ask<{ readonly payload: Payload }>(api, CANCEL, { input });
  if (answer.kind !== 'answer') return;
  const { booking, userErrors } = answer.data.payload;
  const [error] = userErrors;
  if (error && error.code !== 'ALREADY_CANCELLED') {
    violations.add('an accepted booking can be called off', id, error.code);
    return;
  }
  noteFirst(observed.calledOff, id, answer.to);
  if (booking) observed.read(`${by} cancels`, answer, booking);
}
