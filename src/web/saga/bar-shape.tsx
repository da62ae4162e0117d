import type { Lane, SagaLanes } from './lanes.js';
import type { Bar } from './pen.js';
import { middleOf, topOf, widthOf } from './measures.js';
import type { Places } from './places.js';
import { barText, othersOf } from './wording.js';

interface BarProps {
  readonly bar: Bar;
  readonly lane: Lane;
  readonly drawing: SagaLanes;
  readonly places: Places;
  readonly id: string;
}

const HEIGHTS: Record<Bar['what'], number> = { wait: 0, reserve: 0.56, held: 1.1, perhaps: 1.1, undo: 0.8 };
/** Within the lane. */
const TEXT = 1;
const RETURN = 2.9;

/** What a leg went through from one moment to another. */
export function BarShape({ bar, lane, drawing, places, id }: BarProps) {
  const { what, outcome } = bar;
  const [x, end] = [places.begin(bar.from), places.begin(bar.to)];
  const [middle, top] = [middleOf(bar.lane), topOf(bar.lane)];
  // The band of what is held reaches to its undo; from there on the undo's own bar is on top of it.
  const undo = drawing.bars.find(
    (other) => other.lane === bar.lane && other.what === 'undo' && other.from >= bar.from,
  );
  const labelEnd = what === 'held' && undo ? Math.min(end, places.begin(undo.from)) : end;
  const isCalling = outcome === 'running' && (what === 'reserve' || what === 'undo');
  const label = labelOf(bar, lane, labelEnd - x - 0.5);
  return (
    <g class={`saga-bar saga-${what}`} data-bar={what} data-bar-lane={lane.id} data-outcome={outcome}>
      <title>{barText(lane, bar)}</title>
      {what === 'wait' ? (
        <path class="saga-waiting" d={`M${x} ${middle}H${end}`} />
      ) : (
        <path
          class="saga-body"
          d={outline(x, end, middle, HEIGHTS[what], outcome === 'running')}
          {...(what === 'undo' && { style: { fill: `url(#${id}-undo)` } })}
        />
      )}
      <OutageShape bar={bar} drawing={drawing} places={places} />
      {what === 'held' && outcome === 'released' && (
        <path
          class="saga-return"
          d={`M${end} ${middle + 0.6}V${top + RETURN - 0.25}q0 .25-.25 .25H${x + 0.65}q-.25 0-.25-.25V${middle + 0.68}`}
          marker-end={`url(#${id}-back)`}
        />
      )}
      {isCalling && <circle class="saga-pulse" cx={end} cy={middle} r={0.3} />}
      {label && (
        <text x={x + 0.3} y={top + TEXT}>
          {label}
        </text>
      )}
    </g>
  );
}

/** A rounded bar; open on the right if it goes on. */
function outline(x: number, end: number, middle: number, height: number, isOpen: boolean): string {
  const width = Math.max(end - x, 0.1);
  const r = Math.min(height / 2.5, width / 2);
  const top = middle - height / 2;
  const side = height - 2 * r;
  const left = `q${-r} 0 ${-r} ${r}v${side}q0 ${r} ${r} ${r}`;
  if (isOpen) return `M${x + width} ${top}H${x + r}${left}H${x + width}`;
  return `M${x + width - r} ${top}H${x + r}${left}H${x + width - r}q${r} 0 ${r} ${-r}v${-side}q0 ${-r} ${-r} ${-r}z`;
}

/** From the first failed attempt to the end of its step: whoever is called is out of order. */
function OutageShape({ bar, drawing, places }: Omit<BarProps, 'lane' | 'id'>) {
  const { outage, lane, to } = bar;
  if (!outage) return null;
  const first = drawing.marks.find(
    (mark) => mark.lane === lane && mark.column === outage.column && mark.at === outage.from,
  );
  const x = first ? places.of(first) : places.begin(outage.column);
  const y = middleOf(lane) - 0.56;
  return (
    <rect class="saga-outage" x={x - 0.4} y={y} width={places.begin(to) - x + 0.4} height={1.12} rx={0.3}>
      <title>{outage.message}</title>
    </rect>
  );
}

/** The longest text that fits above a bar. */
function labelOf({ what, outcome, outage }: Bar, { waitsFor }: Lane, room: number): string | undefined {
  const tries = outage && `${outage.tries} ${outage.tries === 1 ? 'try' : 'tries'} failed`;
  const texts: Record<Bar['what'], readonly (string | undefined)[]> = {
    wait: [waitsFor.length > 0 ? `waits for ${othersOf(waitsFor)}` : undefined, 'waits'],
    reserve: [tries && `out of order: ${tries}`, tries, outcome === 'running' ? 'being booked' : undefined],
    held: ['held'],
    perhaps: ['perhaps held', 'held?'],
    undo: [tries && `undo: ${tries}`, outcome === 'running' ? 'being undone' : undefined, 'undo'],
  };
  return texts[what].find((text) => text !== undefined && widthOf(text) <= room);
}
