import type { SagaLanes } from './lanes.js';
import type { Mark } from './pen.js';
import type { Column } from './moments.js';

/** Where the columns are, in rem, so that the drawing grows with the page's text. */
export interface Places {
  readonly width: number;
  /** Where a column begins and ends; they differ for failed attempts. */
  readonly begin: (column: number) => number;
  readonly finish: (column: number) => number;
  /** Where a mark is: failed attempts are spread over their column by time. */
  readonly of: (mark: Mark) => number;
}

const LEFT = 1.25;
const RIGHT = 2;
/** Distance of columns between which no time passes that anybody would notice. */
const CLOSE = 1.75;
export const UNNOTICED_MS = 50;
const LAST = 5;
/** Distance of failed attempts; beyond `LOOSE` of them they move together. */
const APART = 0.9;
const TIGHT = 0.25;
const LOOSE = 12;

export function placesOf({ columns, marks }: SagaLanes): Places {
  const places: { readonly begin: number; readonly finish: number }[] = [];
  const spread = new Map<Mark, number>();
  columns.forEach((column, index) => {
    const before = places.at(-1);
    const begin = before ? before.finish + gap(columns[index - 1]!, column) : LEFT;
    const tries = marks.filter((mark) => mark.column === index && mark.what === 'try');
    const groups = [...new Set(tries.map(({ lane }) => lane))].map((lane) =>
      tries.filter((mark) => mark.lane === lane),
    );
    const width = widthOf(Math.max(0, ...groups.map(({ length }) => length)));
    for (const group of groups) spreadOut(group, column, begin, width, spread);
    places.push({ begin, finish: begin + width });
  });
  const begin = (column: number) => places[column]!.begin;
  const finish = (column: number) => places[column]!.finish;
  return {
    width: places.at(-1)!.finish + RIGHT,
    begin,
    finish,
    of: (mark) => spread.get(mark) ?? begin(mark.column),
  };
}

const apart = (count: number) => (count > LOOSE ? (LOOSE * APART + (count - LOOSE) * TIGHT) / count : APART);

/** A little wider than needed, because that shows how the pauses between attempts grow. */
const widthOf = (count: number) => (count > 1 ? apart(count) * (count - 1) + Math.min(count, 6) * 0.4 : 0);

/** Ten times the time is a step more: days must not hide seconds. */
function gap(before: Column, { what, from }: Column): number {
  if (what === 'end') return LAST;
  const ms = from - before.to;
  const by = ms < UNNOTICED_MS ? CLOSE : 3.25 + 0.75 * Math.log10(1 + ms / 1000);
  return what === 'now' ? Math.max(by, LAST) : by;
}

/** By time, as far as each attempt keeps its distance from the next. */
function spreadOut(
  group: readonly Mark[],
  { from, to }: Column,
  begin: number,
  width: number,
  spread: Map<Mark, number>,
): void {
  const distance = Math.min(apart(group.length), width / Math.max(group.length - 1, 1));
  const spare = width - distance * (group.length - 1);
  group.forEach((mark, place) => {
    const share = to > from ? Math.min(Math.max((mark.at - from) / (to - from), 0), 1) : 0;
    spread.set(mark, begin + place * distance + spare * share);
  });
}
