import type { WholeBookingFragment } from '../../client/generated.js';
import { type BarKind, elapsed, type MarkKind, planOf } from './lanes.js';
import './saga.css';

/** Sizes in a sixteenth of a line of text, so that the drawing grows with it. */
const LANE = 56;
const COLUMN = 68;
const NAMES = 112;
const TOP = 34;
const BOTTOM = 26;
const BAR: Record<BarKind, { readonly top: number; readonly height: number }> = {
  held: { top: 20, height: 20 },
  reserve: { top: 8, height: 8 },
  outage: { top: 8, height: 8 },
  undo: { top: 44, height: 8 },
};

/** How a mark looks: never by its colour alone. */
const SHAPES: Record<MarkKind, string> = {
  failed: 'M-5-5L5 5M5-5L-5 5',
  booked: 'M-6 0l4 5 8-9',
  refused: 'M-7-7h14v14h-14zM-4-4l8 8M4-4l-8 8',
  released: 'M7 0h-13m5-5l-5 5 5 5',
  nothing: 'M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0',
  stuck: 'M0-8L8 7H-8zM0-3v5M0 4v1',
  out: 'M-6 0H6',
};

/** Where a mark sits in its lane. */
const MARK_TOP: Record<MarkKind, number> = {
  failed: 12,
  booked: 12,
  refused: 12,
  out: 12,
  released: 48,
  nothing: 48,
  stuck: 48,
};

const LEGEND: readonly (readonly [MarkKind, string])[] = [
  ['booked', 'reserved'],
  ['failed', 'an attempt failed'],
  ['refused', 'not to be had'],
  ['released', 'released again'],
  ['nothing', 'nothing was held'],
  ['stuck', 'not released'],
];

/**
 * The saga of a booking as a drawing: a lane for each leg, what its supplier held and for how long, failed attempts, and the
 * undo, which runs from the bottom up. The same is told in words where the page says what happened.
 */
export function SagaDrawing({ booking }: { booking: WholeBookingFragment }) {
  const { lanes, columns, bars, marks, waits, turn } = planOf(booking);
  const width = NAMES + Math.max(columns.length, 1) * COLUMN + 24;
  const height = TOP + lanes.length * LANE + BOTTOM;
  const x = (column: number) => NAMES + column * COLUMN + 24;
  const y = (lane: number) => TOP + lane * LANE;
  const used = new Set(marks.map(({ kind }) => kind));
  if (columns.length === 0) return <p class="quiet">Nothing has happened yet.</p>;
  return (
    <figure class="saga">
      <div class="saga-scroll" tabIndex={0} role="group" aria-label="The saga, drawn">
        <svg
          viewBox={`0 0 ${width} ${height}`}
          style={{ width: `${width / 16}rem`, height: `${height / 16}rem` }}
          role="img"
          aria-label={`${lanes.length} legs and ${columns.length} moments. The same is told in words below.`}
        >
          <defs>
            <pattern id="saga-outage" width="6" height="6" patternUnits="userSpaceOnUse">
              <path class="hatch" d="M0 6L6 0" />
            </pattern>
          </defs>
          {turn && (
            <g class="turn">
              <rect
                x={x(turn.column) - 14}
                y={TOP - 6}
                width={width - x(turn.column) + 14}
                height={lanes.length * LANE + 6}
              />
              <text x={x(turn.column) - 10} y={14}>
                ← {turn.why.length > 60 ? `${turn.why.slice(0, 59)}…` : turn.why}
              </text>
            </g>
          )}
          {lanes.map((name, lane) => (
            <g key={name} class="lane" data-lane={name}>
              <line x1={NAMES} x2={width} y1={y(lane) + LANE} y2={y(lane) + LANE} />
              <text x={4} y={y(lane) + 34}>
                {name}
              </text>
            </g>
          ))}
          {waits.map(({ from, to }, index) => (
            <path
              key={index}
              class="wait"
              d={`M${x(from.column)} ${y(from.lane) + LANE / 2}C${x(to.column) - 20} ${y(from.lane) + LANE / 2} ${x(to.column) - 24} ${y(to.lane) + LANE / 2} ${x(to.column) - 3} ${y(to.lane) + LANE / 2}`}
            >
              <title>
                {lanes[to.lane]} waits for {lanes[from.lane]}
              </title>
            </path>
          ))}
          {bars.map(({ lane, kind, from, to, open }) => (
            <rect
              key={`${lane} ${kind} ${from}`}
              class={`bar ${kind}${open ? ' open' : ''}`}
              data-bar={kind}
              data-lane={lanes[lane]}
              x={x(from)}
              y={y(lane) + BAR[kind].top}
              width={Math.max(x(to) - x(from) + (open ? 14 : 0), 3)}
              height={BAR[kind].height}
              rx={kind === 'held' ? 4 : 2}
            />
          ))}
          {marks.map(({ lane, column, kind, count, text }) => (
            <g
              key={`${lane} ${column}`}
              class={`mark ${kind}`}
              data-mark={kind}
              data-count={count}
              transform={`translate(${x(column)} ${y(lane) + MARK_TOP[kind]})`}
            >
              <title>{text}</title>
              <path d={SHAPES[kind]} />
              {count > 1 && (
                <text x={9} y={4}>
                  ×{count}
                </text>
              )}
            </g>
          ))}
          {columns.map(({ at }, column) => (
            <text key={column} class="time" x={x(column)} y={height - 8} text-anchor="middle">
              {column === 0 ? '0' : `+${elapsed(columns[0]!.at, at)}`}
            </text>
          ))}
        </svg>
      </div>
      <figcaption class="quiet">
        <ul class="saga-legend">
          <li>
            <svg viewBox="0 0 20 16" aria-hidden="true">
              <rect class="bar held" x="0" y="2" width="20" height="12" rx="4" />
            </svg>
            held by the supplier
          </li>
          {LEGEND.filter(([kind]) => used.has(kind)).map(([kind, words]) => (
            <li key={kind}>
              <svg viewBox="-10 -10 20 20" aria-hidden="true" class={`mark ${kind}`}>
                <path d={SHAPES[kind]} />
              </svg>
              {words}
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}
