import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Actor, Role } from './actor.js';
import type { Cast, Program } from './cast.js';
import type { StatementMatcher } from './database-line.js';
import type { Dice } from './dice.js';
import { deleteWorkflow, reset, terminate, type Tool } from './temporal-tools.js';
import { lastKnown, type Observations } from './told.js';
import { repeatAsTwin } from './twin-write.js';

/** What faults are injected into. */
export interface Stage {
  readonly cast: Cast;
  readonly client: Client;
  readonly observed: Observations;
  /** Logs what was done when, for the analysis of violations. */
  readonly note: (line: string) => void;
}

/** Injects a fault and restores what it broke. @returns whether the fault could be injected */
export type Inject = (stage: Stage, dice: Dice) => Promise<boolean>;

export interface FaultKind {
  readonly name: string;
  readonly inject: Inject;
}

const SHORT = [200, 1000] as const;
/** Longer than the timeouts of heartbeats (5 s) and workflow tasks (10 s): a paused process wakes up as a twin or a zombie. */
const LONG = [12_000, 14_000] as const;

/** The saga's writes, as in `database/facts.ts`. */
const WRITE: StatementMatcher = (text) => /update bookings set\s+status = /.test(text);
/** The status is a value, so it lacks the quotation marks of the statement's own text. */
const ROLLBACK_WRITE: StatementMatcher = (text) =>
  /update bookings set\s+status = [\s\S]*[^'](ROLLING_BACK|NEEDS_ATTENTION)/.test(text);
const BOOKING_ID = /(trip|traveller-\d+)-\d+/;
const RESERVATION: StatementMatcher = (text) => text.includes('insert into reservations');
const WISH: StatementMatcher = (text) => /insert into bookings|update bookings set call_off/.test(text);

/** Every kind of fault, by the lane that injects it. Lanes run in parallel. A new kind is one line here. */
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
    { name: "a worker's write, delayed", inject: delayed('workers', WRITE) },
    { name: "a worker's reservation, delayed", inject: delayed('workers', RESERVATION) },
  ],
  'twin writes': [{ name: 'rollback writes, repeated late by a twin', inject: twins(ROLLBACK_WRITE) }],
  'broken lines': [
    { name: "a worker's write, response lost", inject: withoutResponse('workers', WRITE) },
    { name: "a worker's reservation, response lost", inject: withoutResponse('workers', RESERVATION) },
    { name: "an API's wish, response lost", inject: withoutResponse('apis', WISH) },
  ],
};

/** Picks an actor that isn't busy, and keeps it busy until it is restored. */
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

/** Mostly hits a recently accepted booking, and usually an unfinished one. */
function tampered(what: string, tool: Tool): Inject {
  return async ({ client, observed, note }, dice) => {
    const all = [...observed.accepted.keys()];
    const recent = all.slice(-40);
    const moving = recent.filter((id) => !['CONFIRMED', 'CANCELLED'].includes(lastKnown(observed, id) ?? ''));
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

/** Delays longer than the saga waits before it repeats the write. */
function delayed(whose: 'workers' | 'apis', matches: StatementMatcher): Inject {
  return (stage, dice) => anyLine(stage, whose, dice).delay(matches, dice.between(2500, 9000));
}

/** Repeats the next rollback writes of both workers after others may have followed them. */
function twins(matches: StatementMatcher): Inject {
  return async ({ cast, note }, dice) => {
    const lines = cast.workers.flatMap(({ line }) => [line, line, line]);
    const made = lines.map(async (line) => {
      const sent = await line.overhear(matches);
      if (!sent) return false;
      await sleep(dice.between(200, 5000));
      note(`repeated as a twin: ${BOOKING_ID.exec(sent.toString('latin1'))?.[0]}`);
      return repeatAsTwin(cast.databaseUrl, sent);
    });
    return (await Promise.all(made)).some(Boolean);
  };
}

function withoutResponse(whose: 'workers' | 'apis', matches: StatementMatcher): Inject {
  return (stage, dice) => anyLine(stage, whose, dice).loseResponse(matches);
}
