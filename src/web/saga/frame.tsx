import type { SagaLanes } from './lanes.js';
import { middleOf } from './measures.js';
import { UNNOTICED_MS, type Places } from './places.js';
import { length } from './wording.js';

/** Fills that differ without colours, and the heads of arrows. */
export function Patterns({ id }: { id: string }) {
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
export function Times({ drawing: { columns }, places }: { drawing: SagaLanes; places: Places }) {
  return (
    <g class="saga-times">
      {columns.map((column, index) => {
        const x = places.begin(index);
        const before = columns[index - 1];
        const ms = before ? column.from - before.to : 0;
        return (
          <g key={index}>
            <path class="saga-tick" d={`M${x}-.35V0`} />
            {before && ms >= UNNOTICED_MS && column.what !== 'end' && (
              <text x={(places.finish(index - 1) + x) / 2} y={-0.55} text-anchor="middle">
                +{length(ms)}
              </text>
            )}
            {column.what === 'now' && (
              <text x={x} y={-0.55} text-anchor="middle">
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
export function Waits({
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
