import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { WholeBookingFragment } from '../../client/generated.js';
import { LEGS } from '../../model/legs.js';
import { BarShape } from './bar-shape.js';
import { Patterns, Times, Waits } from './frame.js';
import { lanesOf, type Lane, type SagaLanes } from './lanes.js';
import type { Bar } from './pen.js';
import { Legend, MarkShape } from './mark-shape.js';
import { LANE, middleOf, topOf, widthOf } from './measures.js';
import { placesOf, type Places } from './places.js';
import { markText, storyOf, summaryOf, turnText } from './wording.js';
import './saga.css';

/** How a trip was put together and, if it was, taken apart: a lane for each leg, from left to right in time. */
export function SagaDrawing({ booking }: { booking: WholeBookingFragment }) {
  const drawing = lanesOf(booking, Date.parse(booking.asOf));
  const region = useLatest(!booking.done, drawing.columns.length);
  return (
    <div class="saga">
      <div class="saga-board">
        <ol class="saga-names" aria-hidden="true" style={{ paddingTop: `${headOf(drawing)}rem` }}>
          {drawing.lanes.map((lane) => (
            <LaneName key={lane.id} lane={lane} />
          ))}
        </ol>
        <div class="saga-scroll" ref={region} tabIndex={0} role="group" aria-label="The saga as a drawing">
          <Picture drawing={drawing} />
        </div>
      </div>
      <Legend {...drawing} />
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
  const head = headOf(drawing);
  const height = lanes.length * LANE;
  return (
    <svg
      class="saga-picture"
      role="img"
      aria-label={summaryOf(drawing)}
      viewBox={`0 ${-head} ${width} ${head + height}`}
      style={{ width: `${width}rem`, height: `${head + height}rem` }}
    >
      <Patterns id={id} />
      {turn && (
        <rect class="saga-ground-back" x={turn.x} y={-head} width={width - turn.x} height={head + height} />
      )}
      {lanes.map((lane, index) => (
        <path key={lane.id} class="saga-rule" d={`M0 ${topOf(index)}H${width}`} />
      ))}
      <Times drawing={drawing} places={places} />
      {turn && <path class="saga-turn" d={`M${turn.x} ${-head}V${height}`} />}
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
        <text class="saga-turn-text" x={turn.textX} y={1.2 - head} text-anchor={turn.anchor}>
          {turn.text}
        </text>
      )}
    </svg>
  );
}

/** Above the lanes are the times, and above those the reason of the turn, if there is one. */
const headOf = ({ turn }: SagaLanes) => (turn ? 3 : 1.75);
/** The turning point's line, and the longest text for it that the picture has room for. */
function turnPlace({ turn, lanes, columns }: SagaLanes, places: Places) {
  if (!turn) return undefined;
  const x = places.begin(turn.column);
  const reason = `↶ ${turnText(turn, lanes)}`;
  const wide = (text: string) => widthOf(text) * 1.2 + 1;
  const long = `${reason}: everything is undone, the last first`;
  const text = x + wide(long) <= places.width ? long : reason;
  const isBefore = turn.column < columns.length - 1 && x + wide(text) > places.width && x > wide(text);
  return {
    x,
    text,
    anchor: isBefore ? ('end' as const) : ('start' as const),
    textX: isBefore ? x - 0.5 : x + 0.5,
    end: isBefore ? x : x + wide(text),
  };
}

const LAYERS: readonly Bar['what'][] = ['wait', 'perhaps', 'held', 'reserve', 'undo'];
const byLayer = (bars: readonly Bar[]) =>
  [...bars].sort((a, b) => LAYERS.indexOf(a.what) - LAYERS.indexOf(b.what));
