import type { Lane, SagaLanes } from './lanes.js';
import type { Bar, Mark } from './pen.js';
import type { Column, Turn } from './moments.js';

/** The saga in words: for tooltips, and as sentences for those who can't see the drawing. */

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

/** `50 ms`, `0.3 s`, `2.1 s`, `3 min`: two digits are enough to compare lengths. */
export function length(ms: number): string {
  if (ms < 95) return `${Math.round(ms)}\u00A0ms`;
  const [size, unit] = UNITS.find(([least]) => ms >= least * 0.995) ?? [1000, 's'];
  const count = ms / size;
  return `${count < 9.95 ? Number(count.toFixed(1)) : Math.round(count)}\u00A0${unit}`;
}

/** `the hotel`, but `hotel 2`. */
const called = (name: string) => (/\d$/.test(name) ? name.toLowerCase() : `the ${name.toLowerCase()}`);
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const Called = (name: string) => capital(called(name));

/** A sentence, however its text ends. */
const ended = (text: string) => (/[.!?…]$/.test(text) ? text : `${text}.`);
const because = (start: string, message: string | undefined) =>
  ended(message ? `${start}: ${message}` : start);

export function waitText({ name, waitsFor }: Lane): string {
  if (waitsFor.length === 0) return `${Called(name)} waits to be started.`;
  return `${Called(name)} waits for ${othersOf(waitsFor)}.`;
}

export const othersOf = (names: readonly string[]): string =>
  names.length > 3 ? `${names.length} others` : listed(names.map(called));

const listed = (parts: readonly string[]) =>
  parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : (parts[0] ?? '');

export function barText(lane: Lane, { what, outcome, outage, note }: Bar): string {
  const it = Called(lane.name);
  const tries = outage ? ` ${counted(outage.tries)} failed.` : '';
  switch (what) {
    case 'wait':
      return waitText(lane);
    case 'reserve':
      return `${because(`${it} is being booked`, note)}${tries}`;
    case 'undo':
      return `${because(`${it} is being undone`, note)}${tries}`;
    case 'held':
      return outcome === 'released'
        ? `${it} was held until its undo took it back.`
        : `${it} is held by the supplier.`;
    case 'perhaps':
      return `Nobody knows whether ${called(lane.name)} is held.`;
  }
}

const counted = (tries: number) => (tries === 1 ? '1 try' : `${tries} tries`);

export function markText({ name }: Lane, { what, attempt, message, undo }: Mark): string {
  const it = Called(name);
  switch (what) {
    case 'try':
      return because(`${it}: ${undo ? 'undo, ' : ''}try ${attempt ?? '?'} failed`, message);
    case 'booked':
      return `${it} is booked and held.`;
    case 'refused':
      return because(`${it} could not be had`, message);
    case 'stopped':
      return because(`${it} was stopped`, message);
    case 'doubt':
      return because(`Nobody knows whether ${called(name)} is held`, message);
    case 'released':
      return `${it} is undone: what was held is released.`;
    case 'nothing-held':
      return `${it} is undone: made sure that nothing is held.`;
    case 'settled':
      return because(`${it} is undone`, message);
    case 'stuck':
      return because(`${it} could not be undone and may still be held`, message);
    case 'skipped':
      return `${it} was never started.`;
    case 'left-out':
      return `${it} is left out of the trip.`;
  }
}

/** Why the trip turns, in a few words. */
export function turnText({ what, legId }: Turn, lanes: readonly Lane[]): string {
  const lane = lanes.find(({ id }) => id === legId);
  if (what === 'refusal') return `${lane ? Called(lane.name) : 'A part of the trip'} can’t be had`;
  if (what === 'call-off') return 'Called off';
  return what === 'deadline' ? 'Out of time' : 'The trip is given up';
}

/** What is in the drawing, in one sentence. */
export function summaryOf({ lanes }: SagaLanes): string {
  return `${lanes.map(({ name, state }) => `${name}: ${STATES[state]}`).join('; ')}.`;
}

const STATES: Record<Lane['state'], string> = {
  PENDING: 'waiting',
  RUNNING: 'being booked',
  RETRYING: 'being tried again',
  BOOKED: 'booked',
  FAILED: 'could not be booked',
  UNDOING: 'being undone',
  UNDONE: 'undone',
  UNDO_FAILED: 'stuck while being undone',
  SKIPPED: 'never started',
  LEFT_OUT: 'left out',
};

/** The whole drawing as sentences, in the order of what happened. */
export function storyOf(drawing: SagaLanes): string[] {
  const { columns, lanes } = drawing;
  const start = columns[0]!.from;
  const told = columns.flatMap((column, index) => {
    const after = column.from > start ? `After ${length(column.from - start)}: ` : '';
    return sentencesOf(drawing, column, index).map((sentence) => after + sentence);
  });
  const waiting = drawing.bars.filter(({ what, outcome }) => what === 'wait' && outcome === 'running');
  return [...told, ...waiting.map(({ lane }) => `Now: ${waitText(lanes[lane]!)}`)];
}

function sentencesOf({ bars, marks, lanes, turn }: SagaLanes, { what }: Column, index: number): string[] {
  if (what === 'accepted') return ['The trip is accepted.'];
  const begun = bars
    .filter((bar) => bar.from === index && (bar.what === 'reserve' || bar.what === 'undo'))
    .map((bar) => barText(lanes[bar.lane]!, withoutOutage(bar)));
  const here = marks.filter(({ column }) => column === index);
  const ends = here.filter((mark) => mark.what !== 'try').map((mark) => markText(lanes[mark.lane]!, mark));
  const tries = lanes.flatMap((lane, place) => {
    const failed = here.filter((mark) => mark.what === 'try' && mark.lane === place);
    return failed.length > 0 ? [triesText(lane, failed)] : [];
  });
  const turns =
    turn?.column === index
      ? [
          `Turning point. ${because(turnText(turn, lanes), turn.message)} From here on everything is undone, the last first.`,
        ]
      : [];
  return [...ends, ...turns, ...begun, ...tries];
}

function triesText(lane: Lane, failed: readonly Mark[]): string {
  const [first, last] = [failed[0]!, failed.at(-1)!];
  if (first === last) return markText(lane, last);
  const tries = `${last.undo ? 'undo, ' : ''}tries ${first.attempt} to ${last.attempt} failed`;
  return because(`${Called(lane.name)}: ${tries}`, last.message);
}

/** What had not happened yet when the bar began. */
const withoutOutage = ({ outage: _, ...bar }: Bar): Bar => bar;
