import type { SagaLanes } from './lanes.js';
import type { Mark } from './pen.js';

type What = Mark['what'];

/** Colours, by what a mark means. Each mark also has a shape of its own. */
const TONES: Record<What, string> = {
  try: 'warn',
  booked: 'good',
  refused: 'bad',
  stopped: 'calm',
  doubt: 'warn',
  released: 'calm',
  'nothing-held': 'calm',
  settled: 'calm',
  stuck: 'bad',
  skipped: 'calm',
  'left-out': 'calm',
};

/** The outline of each mark, within half a rem of its middle. */
const OUTLINES: Record<What, string> = {
  try: circle(0.4),
  booked: circle(0.5),
  refused: 'M0-.62 .62 0 0 .62-.62 0z',
  stopped: 'M-.42-.42H.42V.42H-.42z',
  doubt: circle(0.5),
  released: circle(0.44),
  'nothing-held': circle(0.44),
  settled: circle(0.44),
  stuck: 'M0-.6 .64 .52H-.64z',
  skipped: 'M-.35 0H.35',
  'left-out': circle(0.44),
};

/** What is drawn on top of the outline. */
const SIGNS: Partial<Record<What, string>> = {
  try: 'M-.22-.22 .22 .22M.22-.22-.22 .22',
  booked: 'M-.22 .02-.05 .2 .24-.18',
  refused: 'M-.17-.17 .17 .17M.17-.17-.17 .17',
  doubt: 'M-.14-.14C-.14-.36 .18-.34 .16-.12 .15 .02 0 0 0 .12M0 .3V.31',
  'nothing-held': 'M-.28 .28 .28-.28',
  settled: 'M-.18 .02-.04 .16 .2-.16',
  stuck: 'M0-.18V.14M0 .33V.34',
  'left-out': 'M-.22 0H.22',
};

function circle(radius: number): string {
  return `M-${radius} 0a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0-${2 * radius} 0z`;
}

/** A mark of the drawing, around the middle of where it is put. */
export const MarkShape = ({ what }: { what: What }) => (
  <g class={`saga-mark saga-${what} ${TONES[what]}`}>
    <path d={OUTLINES[what]} />
    {SIGNS[what] && <path class="saga-sign" d={SIGNS[what]} />}
  </g>
);

const MEANINGS: Record<What, string> = {
  try: 'a try that failed',
  booked: 'booked',
  refused: 'can’t be had',
  stopped: 'stopped',
  doubt: 'may be held or not',
  released: 'taken back',
  'nothing-held': 'nothing was held',
  settled: 'settled by hand',
  stuck: 'undo stuck',
  skipped: 'never started',
  'left-out': 'left out',
};

/** What the marks in the drawing mean, and its dashed arrows. */
export function Legend({ marks, bars }: Pick<SagaLanes, 'marks' | 'bars'>) {
  const used = (Object.keys(MEANINGS) as What[]).filter((what) => marks.some((mark) => mark.what === what));
  const tookBack = bars.some(({ what, outcome }) => what === 'held' && outcome === 'released');
  return (
    <ul class="saga-legend" aria-hidden="true">
      {used.map((what) => (
        <li key={what}>
          <svg viewBox="-0.8 -0.8 1.6 1.6">
            <MarkShape what={what} />
          </svg>
          {MEANINGS[what]}
        </li>
      ))}
      {tookBack && (
        <li>
          <svg viewBox="-0.8 -0.8 1.6 1.6">
            <path class="saga-return" d="M.8 -.4V.3H-.5V-.1" />
            <path class="saga-head saga-back" d="M-.75 -.05-.5-.55-.25-.05z" />
          </svg>
          what an undo took back
        </li>
      )}
    </ul>
  );
}
