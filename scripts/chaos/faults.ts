import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Actor, Role } from './actor.js';
import type { Cast, Program } from './cast.js';
import type { IsMeant } from './database-line.js';
import type { Dice } from './dice.js';
import { deleteWorkflow, reset, terminate, type Tool } from './temporal-tools.js';
import { lastKnown, type ToldBook } from './told.js';
import { repeatAsTwin } from './twin-write.js';

/** What faults are injected into. */
export interface Stage {
  readonly cast: Cast;
  readonly client: Client;
  readonly told: ToldBook;
  /** For whoever looks into a violation: what was done when. */
  readonly note: (line: string) => void;
}

/** Injects a fault and restores what it broke. @returns whether it came to that */
export type Inject = (stage: Stage, dice: Dice) => Promise<boolean>;

export interface FaultKind {
  readonly name: string;
  readonly inject: Inject;
}

const SHORT = [200, 1000] as const;
/** Longer than an activity's heartbeat (5 s) and than a workflow task (10 s): who stopped wakes up as a twin or a zombie. */
const LONG = [12_000, 14_000] as const;

/** The writes of the saga, as `database/facts.ts` has them. */
const WRITE: IsMeant = (text) => /update bookings set\s+status = /.test(text);
/** The status is a value, and so without the quotation marks that the statement itself has. */
const GOING_BACK: IsMeant = (text) =>
  /update bookings set\s+status = [\s\S]*[^'](ROLLING_BACK|NEEDS_ATTENTION)/.test(text);
const BOOKING_ID = /(trip|traveller-\d+)-\d+/;
const RESERVATION: IsMeant = (text) => text.includes('insert into reservations');
const WISH: IsMeant = (text) => /insert into bookings|update bookings set call_off/.test(text);

/** Every kind of fault by the lane that injects it, lanes going on side by side. A new kind is one line here. */
export const LANES: Readonly<Record<string, readonly FaultKind[]>> = {
  blows: [
    { name: 'kill -9 api', inject: killed('api') },
    { name: 'kill -9 worker', inject: killed('worker') },
    { name: 'kill -9 temporal', inject: killed('temporal') },
    { name: 'kill -9 postgres', inject: killed('postgres') },
    { name: 'kill -9 partner', inject: killed('partner') },
    { name: 'SIGSTOP api, short', inject: paused('api', SHORT) },
    { name: 'SIGSTOP worker, short', inject: paused('worker', SHORT) },
    { name: 'SIGSTOP temporal, short', inject: paused('temporal', SHORT) },
    { name: 'SIGSTOP postgres, short', inject: paused('postgres', SHORT) },
    { name: 'SIGSTOP partner, short', inject: paused('partner', SHORT) },
  ],
  sleeps: [
    { name: 'SIGSTOP worker, long', inject: paused('worker', LONG) },
    { name: 'SIGSTOP api, long', inject: paused('api', LONG) },
    { name: 'SIGSTOP partner, long', inject: paused('partner', LONG) },
  ],
  'deep sleeps': [
    { name: 'SIGSTOP temporal, long', inject: paused('temporal', LONG) },
    { name: 'SIGSTOP postgres, long', inject: paused('postgres', LONG) },
  ],
  tools: [
    { name: 'temporal workflow terminate', inject: tampered('terminate', terminate) },
    { name: 'temporal workflow reset', inject: tampered('reset', reset) },
    { name: 'temporal workflow delete', inject: tampered('delete', deleteWorkflow) },
  ],
  'slow lines': [
    { name: "a worker's write held up", inject: heldUp('workers', WRITE) },
    { name: "a worker's reservation held up", inject: heldUp('workers', RESERVATION) },
  ],
  'twin writes': [{ name: 'writes that go back, repeated late by a twin', inject: twins(GOING_BACK) }],
  'broken lines': [
    { name: "a worker's write answered to nobody", inject: unanswered('workers', WRITE) },
    { name: "a worker's reservation answered to nobody", inject: unanswered('workers', RESERVATION) },
    { name: "an API's wish answered to nobody", inject: unanswered('apis', WISH) },
  ],
};

/** One that nobody else is at; held until it is restored. */
async function withActor(
  stage: Stage,
  what: string,
  role: Role,
  dice: Dice,
  act: (actor: Actor) => Promise<void>,
): Promise<boolean> {
  const actor = dice.pickAny(stage.cast.actors.filter((one) => one.role === role && !one.busy));
  if (!actor) return false;
  actor.busy = true;
  stage.note(`${what} ${actor.name}`);
  try {
    await act(actor);
    return true;
  } finally {
    stage.note(`${actor.name} is back`);
    actor.busy = false;
  }
}

function killed(role: Role): Inject {
  return (stage, dice) =>
    withActor(stage, 'kill -9', role, dice, async (actor) => {
      await actor.kill();
      await sleep(dice.between(0, 1500));
      await actor.start();
    });
}

function paused(role: Role, [min, max]: readonly [number, number]): Inject {
  return (stage, dice) =>
    withActor(stage, 'SIGSTOP', role, dice, async (actor) => {
      actor.pause();
      await sleep(dice.between(min, max));
      actor.resume();
    });
}

/** Mostly a booking that was accepted just now, and most often one that is under way. */
function tampered(what: string, tool: Tool): Inject {
  return async ({ client, told, note }, dice) => {
    const all = [...told.accepted.keys()];
    const recent = all.slice(-40);
    const moving = recent.filter((id) => !['CONFIRMED', 'CANCELLED'].includes(lastKnown(told, id) ?? ''));
    const id = dice.pickAny(
      dice.chance(0.1) ? all : dice.chance(0.2) || moving.length === 0 ? recent : moving,
    );
    if (id === undefined || !(await tool(client, id, dice))) return false;
    note(`${what} ${id}`);
    return true;
  };
}

const anyLine = (stage: Stage, whose: 'workers' | 'apis', dice: Dice) =>
  dice.pickAny<Program>(stage.cast[whose])!.line;

/** For longer than the saga waits before it has the same written again. */
function heldUp(whose: 'workers' | 'apis', isMeant: IsMeant): Inject {
  return (stage, dice) => anyLine(stage, whose, dice).holdUp(isMeant, dice.between(2500, 9000));
}

/** Every write that goes back and comes within seconds, from either worker, comes once more when others may have followed it. */
function twins(isMeant: IsMeant): Inject {
  return async ({ cast, note }, dice) => {
    const lines = cast.workers.flatMap(({ line }) => [line, line, line]);
    const made = lines.map(async (line) => {
      const sent = await line.overhear(isMeant);
      if (!sent) return false;
      await sleep(dice.between(200, 5000));
      note(`a twin's write: ${BOOKING_ID.exec(sent.toString('latin1'))?.[0]}`);
      return repeatAsTwin(cast.databaseUrl, sent);
    });
    return (await Promise.all(made)).some(Boolean);
  };
}

function unanswered(whose: 'workers' | 'apis', isMeant: IsMeant): Inject {
  return (stage, dice) => anyLine(stage, whose, dice).loseAnswer(isMeant);
}
