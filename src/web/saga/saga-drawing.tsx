import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { WholeBookingFragment } from '../../client/generated.js';
import { LEGS } from '../../model/legs.js';
import { lanesOf, type Bar, type Lane, type SagaLanes } from './lanes.js';
import { MarkLegend, MarkShape } from './mark-shape.js';
import { placesOf, UNNOTICED_MS, type Places } from './places.js';
import { barText, length, markText, storyOf, summaryOf, turnText } from './wording.js';
import './saga.css';

/** Heights, in rem. A lane's text is above its bars, and what an undo took back is below. */
const HEAD = 3;
const LANE = 3.5;
const MIDDLE = 1.95;
const TEXT = 1;
const RETURN = 2.9;

/** How a trip was put together and, if it was, taken apart: a lane for each leg, from left to right in time. */
export function SagaDrawing({ booking }: { booking: WholeBookingFragment }) {
  const drawing = lanesOf(booking, Date.parse(booking.asOf));
  const region = useLatest(!booking.done, drawing.columns.length);
  return (
    <div class="saga">
      <div class="saga-board">
        <ol class="saga-names" aria-hidden="true">
          {drawing.lanes.map((lane) => (
            <LaneName key={lane.id} lane={lane} />
          ))}
        </ol>
        <div class="saga-scroll" ref={region} tabIndex={0} role="group" aria-label="The saga as a drawing">
          <Picture drawing={drawing} />
        </div>
      </div>
      <MarkLegend marks={drawing.marks} />
      <ol class="hidden">
        {storyOf(drawing).map((sentence, index) => (
          <li key={index}>{sentence}</li>
        ))}
      </ol>
    </div>
  );
}

const LaneName = ({ lane: { kind, name } }: { lane: Lane }) => (
  <li>
    <svg viewBox="0 0 24 24">
      <path d={LEGS[kind].icon} />
    </svg>
    <span>{name}</span>
  </li>
);

/** While the saga goes on, its latest moment stays in view, unless the reader has scrolled away from it. */
function useLatest(follow: boolean, columns: number) {
  const region = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    const element = region.current;
    if (!element) return;
    const note = () => {
      atEnd.current = element.scrollLeft + element.clientWidth >= element.scrollWidth - 2;
    };
    element.addEventListener('scroll', note);
    return () => element.removeEventListener('scroll', note);
  }, []);
  useLayoutEffect(() => {
    const element = region.current;
    if (element && follow && atEnd.current) element.scrollLeft = element.scrollWidth;
  }, [follow, columns]);
  return region;
}

function Picture({ drawing }: { drawing: SagaLanes }) {
  const places = placesOf(drawing);
  const id = useId();
  const { lanes, bars, marks } = drawing;
  const turn = turnPlace(drawing, places);
  const width = Math.max(places.width, turn?.end ?? 0);
  const height = HEAD + lanes.length * LANE;
  return (
    <svg
      class="saga-picture"
      role="img"
      aria-label={summaryOf(drawing)}
      viewBox={`0 0 ${width} ${height}`}
      style={{ width: `${width}rem`, height: `${height}rem` }}
    >
      <Patterns id={id} />
      {turn && <rect class="saga-ground-back" x={turn.x} y={0} width={width - turn.x} height={height} />}
      {lanes.map((lane, index) => (
        <path key={lane.id} class="saga-rule" d={`M0 ${HEAD + index * LANE}H${width}`} />
      ))}
      <Times drawing={drawing} places={places} />
      {turn && <path class="saga-turn" d={`M${turn.x} 0V${height}`} />}
      <Waits drawing={drawing} places={places} id={id} />
      {byLayer(bars).map((bar) => (
        <BarShape
          key={`${bar.what} ${bar.lane} ${bar.from}`}
          bar={bar}
          lane={lanes[bar.lane]!}
          drawing={drawing}
          places={places}
          id={id}
        />
      ))}
      {marks.map((mark, index) => (
        <g
          key={index}
          transform={`translate(${places.of(mark)} ${middleOf(mark.lane)})`}
          data-mark={mark.what}
          data-leg-lane={lanes[mark.lane]!.id}
        >
          <title>{markText(lanes[mark.lane]!, mark)}</title>
          <MarkShape what={mark.what} />
        </g>
      ))}
      {turn && (
        <text class="saga-turn-text" x={turn.textX} y={1.2} text-anchor={turn.anchor}>
          {turn.text}
        </text>
      )}
    </svg>
  );
}

const topOf = (lane: number) => HEAD + lane * LANE;
const middleOf = (lane: number) => topOf(lane) + MIDDLE;

/** About how wide a small text is. */
const widthOf = (text: string) => text.length * 0.42;

/** The turning point's line, and its text on the side where there is room. */
function turnPlace({ turn, lanes, columns }: SagaLanes, places: Places) {
  if (!turn) return undefined;
  const x = places.begin(turn.column);
  const text = `↶ ${turnText(turn, lanes)}: everything is undone, the last first`;
  const wide = widthOf(text) * 1.15 + 1;
  const isLast = turn.column === columns.length - 1;
  const before = !isLast && x + wide > places.width && x > wide;
  return {
    x,
    text,
    anchor: before ? ('end' as const) : ('start' as const),
    textX: before ? x - 0.5 : x + 0.5,
    end: before ? 0 : x + wide,
  };
}

const LAYERS: readonly Bar['what'][] = ['wait', 'perhaps', 'held', 'reserve', 'undo'];
const byLayer = (bars: readonly Bar[]) =>
  [...bars].sort((a, b) => LAYERS.indexOf(a.what) - LAYERS.indexOf(b.what));

/** Fills that differ without colours, and the heads of arrows. */
function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern
        id={`${id}-undo`}
        width="0.5"
        height="0.5"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(-45)"
      >
        <rect class="saga-undo-ground" width="0.5" height="0.5" />
        <rect class="saga-undo-stripe" width="0.22" height="0.5" />
      </pattern>
      {(['go', 'back'] as const).map((way) => (
        <marker
          key={way}
          id={`${id}-${way}`}
          viewBox="0 0 10 10"
          refX="9"
          refY="5"
          markerUnits="userSpaceOnUse"
          markerWidth="0.5"
          markerHeight="0.5"
          orient="auto"
        >
          <path class={`saga-head saga-${way}`} d="M0 0 10 5 0 10z" />
        </marker>
      ))}
    </defs>
  );
}

/** How long it took from each moment to the next. */
function Times({ drawing: { columns }, places }: { drawing: SagaLanes; places: Places }) {
  return (
    <g class="saga-times">
      {columns.map((column, index) => {
        const x = places.begin(index);
        const before = columns[index - 1];
        const ms = before ? column.from - before.to : 0;
        return (
          <g key={index}>
            <path class="saga-tick" d={`M${x} ${HEAD - 0.35}V${HEAD}`} />
            {before && ms >= UNNOTICED_MS && column.what !== 'end' && (
              <text x={(places.finish(index - 1) + x) / 2} y={HEAD - 0.5} text-anchor="middle">
                +{length(ms)}
              </text>
            )}
            {column.what === 'now' && (
              <text x={x} y={HEAD - 1.5} text-anchor="middle">
                now
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

/** Arrows from the end of one leg to the beginning of the next that had waited for it. */
function Waits({
  drawing: { waits, lanes },
  places,
  id,
}: {
  drawing: SagaLanes;
  places: Places;
  id: string;
}) {
  return (
    <>
      {waits.map(({ from, to, back }, index) => {
        const down = to.lane > from.lane ? 1 : -1;
        const [x, target] = [places.begin(from.column), places.begin(to.column)];
        const edge = middleOf(from.lane) + down * 0.6;
        const turning = x === target ? '' : `V${middleOf(from.lane) + down * 1.1}H${target}`;
        const way = back ? 'back' : 'go';
        const [one, other] = [lanes[to.lane]!.name, lanes[from.lane]!.name];
        return (
          <path
            key={index}
            class={`saga-wait saga-${way}`}
            d={`M${x} ${edge}${turning}V${middleOf(to.lane) - down * 0.6}`}
            marker-end={`url(#${id}-${way})`}
          >
            <title>
              {back
                ? `${one} is undone after ${other.toLowerCase()}.`
                : `${one} waited for ${other.toLowerCase()}.`}
            </title>
          </path>
        );
      })}
    </>
  );
}

interface BarProps {
  readonly bar: Bar;
  readonly lane: Lane;
  readonly drawing: SagaLanes;
  readonly places: Places;
  readonly id: string;
}

const HEIGHTS: Record<Bar['what'], number> = { wait: 0, reserve: 0.56, held: 1.1, perhaps: 1.1, undo: 0.8 };

function BarShape({ bar, lane, drawing, places, id }: BarProps) {
  const { what, outcome } = bar;
  const [x, end] = [places.begin(bar.from), places.begin(bar.to)];
  const [middle, top] = [middleOf(bar.lane), topOf(bar.lane)];
  const height = HEIGHTS[what];
  // The band of what is held reaches to its undo; from there on the undo's own bar is on top of it.
  const undo = drawing.bars.find(
    (other) => other.lane === bar.lane && other.what === 'undo' && other.from >= bar.from,
  );
  const labelEnd = what === 'held' && undo ? Math.min(end, places.begin(undo.from)) : end;
  const label = labelOf(bar, lane, labelEnd - x - 0.4);
  return (
    <g class={`saga-bar saga-${what}`} data-bar={what} data-bar-lane={lane.id} data-outcome={outcome}>
      <title>{barText(lane, bar)}</title>
      {what === 'wait' ? (
        <path class="saga-waiting" d={`M${x} ${middle}H${end}`} />
      ) : (
        <rect
          x={x}
          y={middle - height / 2}
          width={Math.max(end - x, 0.1)}
          height={height}
          rx={height / 2.5}
          {...(what === 'undo' && { style: { fill: `url(#${id}-undo)` } })}
        />
      )}
      <OutageShape bar={bar} drawing={drawing} places={places} />
      {what === 'held' && outcome === 'released' && (
        <path
          class="saga-return"
          d={`M${end} ${middle + 0.6}V${top + RETURN - 0.25}q0 .25-.25 .25H${x + 0.25}q-.25 0-.25-.25V${middle + 0.68}`}
          marker-end={`url(#${id}-back)`}
        />
      )}
      {outcome === 'running' &&
        what !== 'wait' &&
        drawing.columns[bar.to]!.what === 'now' &&
        what !== 'held' && <circle class="saga-pulse" cx={end} cy={middle} r={0.3} />}
      {label && (
        <text x={x + 0.1} y={top + TEXT}>
          {label}
        </text>
      )}
    </g>
  );
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
    wait: [waitsFor.length > 0 ? `waits for ${waitsFor.join(', ').toLowerCase()}` : undefined, 'waits'],
    reserve: [tries && `out of order: ${tries}`, tries, outcome === 'running' ? 'being booked' : undefined],
    held: ['held'],
    perhaps: ['perhaps held', 'held?'],
    undo: [tries && `undo: ${tries}`, outcome === 'running' ? 'being undone' : undefined, 'undo'],
  };
  return texts[what].find((text) => text !== undefined && widthOf(text) <= room);
}
