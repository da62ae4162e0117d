import { setTimeout as sleep } from 'node:timers/promises';
import { reservationKey } from '../../src/model/legs.js';
import type { Outcome } from './desk.js';
import { createDice, shareOf } from './dice.js';
import { fetchOnce } from './fetch-once.js';
import { noteFirst, SHOWN, SHOWN_PAGE, type ShownBooking, type ShownPage } from './told.js';
import { cancel, type Payload, type ChaosContext } from './traveller.js';

export interface OperatorOptions extends ChaosContext {
  readonly seed: string;
  readonly partnerUrl: string;
}

export interface Operators {
  /** From now on, stuck undos are all retried or settled, and every booking that isn't left on purpose gets a decision. */
  hurry(): void;
  stop(): Promise<void>;
}

const REST_MS = 700;
/** Percentage of bookings needing attention that are never decided on, so that their state is checked too. */
const LEFT = 20;

const WAITING = `query ($after: String) {
  bookings(first: 100, after: $after, filter: { statuses: [NEEDS_ATTENTION] }) { ${SHOWN_PAGE} } }`;
const DECIDE = {
  retry: `mutation ($input: UndoInput!) { payload: retryUndo(input: $input) { booking { ${SHOWN} } userErrors { code } } }`,
  settle: `mutation ($input: SettleUndoInput!) { payload: settleUndo(input: $input) { booking { ${SHOWN} } userErrors { code } } }`,
  resume: `mutation ($input: ResumeBookingInput!) { payload: resumeBooking(input: $input) { booking { ${SHOWN} } userErrors { code } } }`,
} as const;

/** Whether operators never decide on a booking. */
export function isLeft(seed: string, id: string): boolean {
  return shareOf(`${seed} left ${id}`) * 100 < LEFT;
}

/** Operators decide on bookings that need attention; some decisions make no sense, to check that they are refused. */
export function startOperators(options: OperatorOptions): Operators {
  const { desk, observed, seed } = options;
  const dice = createDice(`${seed} operators`);
  let hurried = false;
  let stopped = false;
  const choicesMade = new Map<string, number>();
  const working = work();

  async function work(): Promise<void> {
    let after: string | null = null;
    while (!stopped) {
      const answer: Outcome<ShownPage> = await desk.ask<ShownPage>(dice.whole(0, 1), WAITING, { after });
      if (answer.kind === 'answer') {
        const { nodes, pageInfo }: ShownPage['bookings'] = answer.data.bookings;
        for (const node of nodes) observed.read('operator lists', answer, node);
        const open = nodes.filter(({ id }) => !isLeft(seed, id));
        for (const booking of hurried ? open : dice.shuffle(open).slice(0, 4)) await decide(booking);
        // Bookings that are never decided on fill the first pages.
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      }
      await sleep(REST_MS);
    }
  }

  async function decide(booking: ShownBooking): Promise<void> {
    const { id, legs } = booking;
    const stuck = legs.filter(({ state }) => state === 'UNDO_FAILED');
    if (stuck.length === 0) {
      const choice = rarest(hurried ? ['resume', 'cancel'] : ['resume', 'cancel', 'retry, parked']);
      if (choice === 'cancel') await call(id);
      else if (choice === 'resume') await ask('resume', { id }, booking);
      else await ask('retry', { id, legId: legs[0]!.id }, booking);
    }
    for (const { id: legId, alternatives } of stuck) {
      const choice = rarest(hurried ? ['retry', 'settle'] : ['retry', 'settle', 'resume, stuck']);
      if (choice === 'settle') await settle(id, legId, 1 + alternatives.length, booking);
      else if (choice === 'retry') await ask('retry', { id, legId }, booking);
      else await ask('resume', { id }, booking);
    }
  }

  /** Takes turns, so that each choice occurs in every run, however few bookings need attention. */
  function rarest<T extends string>(choices: readonly [T, ...T[]]): T {
    const made = (choice: T) => choicesMade.get(choice) ?? 0;
    const [first] = choices.toSorted((a, b) => made(a) - made(b)) as [T, ...T[]];
    choicesMade.set(first, made(first) + 1);
    return first;
  }

  async function call(id: string): Promise<void> {
    options.counter.count('operator cancels');
    await cancel(dice.whole(0, 1), id, 'operator', options);
  }

  /** Releases each of the leg's choices by hand at the partner first, then settles. */
  async function settle(id: string, legId: string, choices: number, booking: ShownBooking): Promise<void> {
    for (let choice = 0; choice < choices; choice++) {
      if (!(await releaseByHand(options.partnerUrl, reservationKey(id, legId, choice)))) return;
    }
    await ask('settle', { id, legId, note: 'Released by the partner on the phone.' }, booking);
  }

  async function ask(
    what: keyof typeof DECIDE,
    input: { readonly id: string; readonly legId?: string; readonly note?: string },
    booking: ShownBooking,
  ): Promise<void> {
    options.counter.count(`operator: ${what}`);
    if (what === 'resume') noteFirst(observed.resumeRequested, input.id);
    const api = dice.whole(0, 1);
    const answer = await desk.ask<{ readonly payload: Payload }>(api, DECIDE[what], { input });
    if (answer.kind !== 'answer') return;
    const { booking: after, userErrors } = answer.data.payload;
    if (after) observed.read(`operator: ${what}`, answer, after);
    const [error] = userErrors;
    if (error && !REFUSALS.has(error.code)) {
      options.violations.add('a decision is carried out or refused', input.id, `${what}: ${error.code}`);
    }
    // A booking that is being undone never goes forward, whoever decides.
    const undone = booking.legs.some(({ state }) => state === 'UNDO_FAILED' || state === 'UNDONE');
    if (what === 'resume' && undone && userErrors.length === 0) {
      options.violations.add('an undone booking never goes forward', input.id, 'an operator could resume it');
    }
  }

  return {
    hurry: () => void (hurried = true),
    async stop() {
      stopped = true;
      await working;
    },
  };
}

/** Valid refusals of a decision that comes too late or makes no sense. */
const REFUSALS = new Set(['UNDO_NOT_STUCK', 'BOOKING_NOT_PARKED', 'ALREADY_CANCELLED']);

async function releaseByHand(partnerUrl: string, key: string): Promise<boolean> {
  const url = `${partnerUrl}/by-hand/${encodeURIComponent(key)}`;
  const response = await fetchOnce(url, { method: 'DELETE' }, 5000).catch(() => undefined);
  return response?.status === 204;
}
